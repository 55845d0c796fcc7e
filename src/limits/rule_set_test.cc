// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/rule_set.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

NamedRules named(LimitRules rules) { return NamedRules("pages", std::move(rules), " per host"); }

/// What a set says at this time: "at 20 (why)", "release (why)", "reservation (why)".
std::string asked(const RuleSet& set, std::int64_t ms, std::int64_t cost = 1) {
  const Answer answer = set.ask(at(ms), cost);
  const std::string why = answer.rule.empty() ? "" : " (" + std::string(answer.rule) + ")";
  if (answer.hold == Hold::release) return "release" + why;
  if (answer.hold == Hold::reservation) return "reservation" + why;
  return "at " + std::to_string(answer.at.time_since_epoch() / milliseconds(1)) + why;
}

TEST(RuleSet, WithoutRulesNothingHoldsBack) {
  const NamedRules rules = named({});
  RuleSet set(rules);
  for (int i = 0; i < 100; ++i) set.take(at(0), 1, at(0));
  EXPECT_EQ(asked(set, 0), "at 0");
  EXPECT_EQ(set.in_flight(), 100);
}

TEST(RuleSet, NamesTheRuleThatHoldsBack) {
  const NamedRules rules = named({.rates = {Rate{10, seconds(1)}},
                                  .concurrency = Concurrency{2, false},
                                  .spacing = milliseconds(1500)});
  RuleSet set(rules);
  EXPECT_EQ(asked(set, 0), "at 0");
  set.take(at(0), 1, at(0));
  EXPECT_EQ(asked(set, 0), "release (pages: 1.5s between starts per host)");
  set.started(at(0), 1);
  EXPECT_EQ(asked(set, 0), "at 1520 (pages: 1.5s between starts per host)");
  set.take(at(1520), 1, at(1520));
  set.started(at(1520), 1);
  EXPECT_EQ(asked(set, 1520), "release (pages: 2 in flight per host)");
  set.release(Ending::ok, Duration(1), at(5000));
  EXPECT_EQ(asked(set, 5000), "at 5000");
}

TEST(RuleSet, TheShortestWindowPacesAndLongerOnesAreQuotas) {
  const NamedRules rules = named({.rates = {Rate{500, seconds(60)}, Rate{10, seconds(1)}}});
  RuleSet set(rules);
  EXPECT_EQ(asked(set, 0), "reservation (pages: 500/min per host)");
  EXPECT_TRUE(set.wants_reservation(1));
  set.reserve(1);
  EXPECT_FALSE(set.wants_reservation(1));
  set.confirm();
  set.take(at(0), 1, at(0));
  EXPECT_EQ(asked(set, 0), "at 102 (pages: 10/s per host)");
}

TEST(RuleSet, HoursAndDaysAreQuotasEvenAlone) {
  const NamedRules rules = named({.rates = {Rate{2, std::chrono::hours(1)}}});
  RuleSet set(rules);
  set.reserve(1);
  set.confirm();
  set.take(at(0), 1, at(0));
  set.take(at(0), 1, at(0));
  set.reserve(1);
  set.confirm();
  EXPECT_EQ(asked(set, 0), "release (pages: 2/h per host)") << "nobody knows when they start";
  set.started(at(0), 1);
  set.started(at(0), 1);
  EXPECT_EQ(asked(set, 0), "at 3600020 (pages: 2/h per host)");
}

TEST(RuleSet, APauseHoldsEverything) {
  const NamedRules rules = named({.concurrency = Concurrency{2, false}});
  RuleSet set(rules);
  set.pause_until(at(1000));
  set.pause_until(at(500));
  EXPECT_EQ(asked(set, 0), "at 1000 (pages: asked to wait)");
  EXPECT_TRUE(set.paused(at(999)));
  EXPECT_FALSE(set.rested(at(999)));
  EXPECT_TRUE(set.rested(at(1000)));
}

TEST(RuleSet, WhatTheServiceHasLeftCountsThoseInFlight) {
  const NamedRules rules = named({.concurrency = Concurrency{100, false}});
  RuleSet set(rules);
  for (int i = 0; i < 3; ++i) set.take(at(0), 1, at(0));
  set.set_remaining(3, at(60'000));
  EXPECT_EQ(asked(set, 0), "release (pages: what the service has left)");
  set.release(Ending::ok, Duration(1), at(10));
  EXPECT_EQ(asked(set, 10), "at 10");
  set.set_remaining(1, at(60'500));
  EXPECT_EQ(asked(set, 10), "release (pages: what the service has left)");
  set.release(Ending::ok, Duration(1), at(20));
  set.set_remaining(0, at(60'000));
  set.release(Ending::ok, Duration(1), at(20));
  EXPECT_EQ(asked(set, 20), "at 60000 (pages: what the service has left)");
  EXPECT_EQ(asked(set, 60'000), "at 60000");
}

TEST(RuleSet, AnOvertakenAnswerDoesNotRaiseWhatIsLeft) {
  const NamedRules rules = named({.concurrency = Concurrency{100, false}});
  RuleSet set(rules);
  set.set_remaining(0, at(60'000));
  set.set_remaining(5, at(59'500));
  EXPECT_EQ(asked(set, 0), "at 60000 (pages: what the service has left)");
  set.set_remaining(5, at(90'000));
  EXPECT_EQ(asked(set, 0), "at 0");
}

TEST(RuleSet, AutoConcurrencyGrowsAndIsCut) {
  const NamedRules rules = named({.concurrency = Concurrency{100, true}});
  RuleSet set(rules);
  set.take(at(0), 1, at(0));
  EXPECT_EQ(asked(set, 0), "release (pages: auto in flight per host)");
  set.release(Ending::ok, milliseconds(100), at(100));
  set.take(at(100), 1, at(100));
  EXPECT_EQ(asked(set, 100), "at 100");
  set.release(Ending::throttled, milliseconds(100), at(200));
  set.take(at(200), 1, at(200));
  EXPECT_EQ(asked(set, 200), "release (pages: auto in flight per host)");
  EXPECT_FALSE(set.rested(at(200)));
}

TEST(RuleSet, RetuneKeepsWhatIsInFlightAndWhatWasCounted) {
  const NamedRules before =
      named({.rates = {Rate{10, seconds(1)}}, .concurrency = Concurrency{1, true}});
  const NamedRules after =
      named({.rates = {Rate{10, seconds(1)}}, .concurrency = Concurrency{2, false}});
  RuleSet set(before);
  set.take(at(0), 1, at(0));
  set.retune(after, at(0));
  EXPECT_EQ(asked(set, 0), "at 102 (pages: 10/s per host)");
  set.take(at(102), 1, at(102));
  EXPECT_EQ(asked(set, 102), "release (pages: 2 in flight per host)");

  const NamedRules slower =
      named({.rates = {Rate{1, seconds(1)}}, .concurrency = Concurrency{9, true}});
  set.retune(slower, at(102));
  EXPECT_EQ(asked(set, 2000), "release (pages: 1/s per host)");
  set.started(at(0), 1);
  set.started(at(102), 1);
  EXPECT_EQ(asked(set, 2000), "release (pages: auto in flight per host)");
  set.release(Ending::ok, milliseconds(1), at(110));
  set.release(Ending::ok, milliseconds(1), at(110));
  EXPECT_EQ(asked(set, 110), "at 1142 (pages: 1/s per host)");

  const NamedRules higher = named({.concurrency = Concurrency{20, true}});
  set.retune(higher, at(120));
  EXPECT_NE(asked(set, 120), "release (pages: auto in flight per host)");
}

TEST(RuleSet, GoesOnFromAStateOfOtherRules) {
  const NamedRules before =
      named({.rates = {Rate{100, std::chrono::hours(1)}, Rate{1000, std::chrono::hours(24)}}});
  RuleSet old(before);
  old.reserve(61);
  old.confirm();
  old.take(at(0), 60, at(0));
  const KeyState state = old.state();

  // Two hours are best told by the day's log; two days know no more than the day.
  const NamedRules after =
      named({.rates = {Rate{61, std::chrono::hours(2)}, Rate{61, std::chrono::hours(48)}}});
  RuleSet set(after);
  set.restore(state, at(10));
  set.spend(state, at(10));
  set.reserve(1);
  set.confirm();
  EXPECT_EQ(asked(set, 10), "at 172800030 (pages: 61/2d per host)");
}

TEST(RuleSet, ANoteThatCannotBeReadCountsAsUsedUp) {
  const NamedRules rules = named({.rates = {Rate{100, std::chrono::hours(1)}}});
  RuleSet set(rules);
  set.spend_all(at(0));
  set.reserve(1);
  set.confirm();
  EXPECT_EQ(asked(set, 0), "at 3600020 (pages: 100/h per host)");
}

}  // namespace
}  // namespace penstock::limits
