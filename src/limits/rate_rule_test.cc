// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/rate_rule.h"

#include <gtest/gtest.h>

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

/// Start one as early as possible from here; when that is.
std::int64_t next(RateRule& rule, std::int64_t from_ms) {
  const TimePoint slot = rule.slot(at(from_ms), 1);
  rule.take(slot, 1, at(from_ms));
  rule.started(slot, 1);
  return slot.time_since_epoch() / milliseconds(1);
}

RateRule quota(std::int64_t count, Duration window) {
  return RateRule(Rate{count, window}, RateRule::Kind::quota);
}

TEST(RateRule, PacesOverTheWindowAndALittleMore) {
  RateRule rule(Rate{10, seconds(1)}, RateRule::Kind::paced);
  EXPECT_EQ(next(rule, 0), 0);
  EXPECT_EQ(next(rule, 0), 102);
  EXPECT_EQ(next(rule, 0), 204);
}

TEST(RateRule, BurstsATenthOfASecondsWorth) {
  RateRule rule(Rate{30, seconds(1)}, RateRule::Kind::paced);
  EXPECT_EQ(next(rule, 0), 0);
  EXPECT_EQ(next(rule, 0), 0);
  EXPECT_EQ(next(rule, 0), 0);
  EXPECT_EQ(next(rule, 0), 34);
}

TEST(RateRule, AQuotaIsUsedUpAtOnceAndComesBack) {
  RateRule rule = quota(3, seconds(60));
  EXPECT_EQ(next(rule, 0), 0);
  EXPECT_EQ(next(rule, 0), 0);
  EXPECT_EQ(next(rule, 0), 0);
  EXPECT_EQ(next(rule, 0), 60'020);
}

TEST(RateRule, AQuotaGrantsOnlyWhatIsDurable) {
  RateRule rule = quota(60, seconds(60));
  EXPECT_FALSE(rule.has_reserved(1));
  EXPECT_TRUE(rule.wants_reservation(1));
  rule.reserve(1);
  EXPECT_FALSE(rule.has_reserved(1));
  EXPECT_FALSE(rule.wants_reservation(1));
  EXPECT_EQ(rule.state().reserved, 1);
  rule.confirm();
  EXPECT_TRUE(rule.has_reserved(1));
  EXPECT_FALSE(rule.has_reserved(2));
  rule.take(at(0), 1, at(0));
  EXPECT_FALSE(rule.has_reserved(1));
  EXPECT_TRUE(rule.wants_reservation(1));
}

TEST(RateRule, ReservesASecondsWorthOrAShareOfTheQuota) {
  RateRule fast = quota(6000, seconds(60));
  fast.reserve(1);
  EXPECT_EQ(fast.state().reserved, 100);
  RateRule slow = quota(10'000, std::chrono::hours(24));
  slow.reserve(1);
  EXPECT_EQ(slow.state().reserved, 79);
  slow.reserve(500);
  EXPECT_EQ(slow.state().reserved, 500);
}

TEST(RateRule, PacedRatesNeedNoReservation) {
  RateRule rule(Rate{10, seconds(1)}, RateRule::Kind::paced);
  EXPECT_TRUE(rule.has_reserved(1000));
  EXPECT_FALSE(rule.wants_reservation(1000));
}

TEST(RateRule, AWindowCountsFromTheStart) {
  RateRule rule = quota(1, seconds(1));
  rule.take(at(0), 1, at(0));
  rule.started(at(300), 1);
  EXPECT_EQ(rule.slot(at(400), 1), at(1320));
}

TEST(RateRule, WhatHasNotStartedStaysInEveryWindow) {
  RateRule rule = quota(2, seconds(1));
  rule.take(at(0), 1, at(0));
  EXPECT_EQ(rule.slot(at(5000), 1), at(5000)) << "one fits beside it";
  next(rule, 5000);
  EXPECT_FALSE(rule.waits_for_starts(1));
  EXPECT_EQ(rule.slot(at(5000), 1), at(6020));
  rule.take(at(6020), 1, at(6020));
  EXPECT_TRUE(rule.waits_for_starts(1));
  rule.started(at(7000), 1);
  rule.abandon(1);
  EXPECT_FALSE(rule.waits_for_starts(1));
  EXPECT_EQ(rule.slot(at(7000), 1), at(7000));
  EXPECT_EQ(rule.slot(at(7000), 2), at(8020));
}

TEST(RateRule, CorrectsEstimates) {
  RateRule tokens(Rate{1000, seconds(1)}, RateRule::Kind::paced);
  tokens.take(at(0), 600, at(0));
  tokens.started(at(0), 600);
  tokens.correct(at(0), -500);
  EXPECT_LE(tokens.slot(at(5), 900), at(5));
  tokens.correct(at(0), 300);
  EXPECT_GT(tokens.slot(at(5), 900), at(1000));

  RateRule day = quota(100, std::chrono::hours(24));
  day.reserve(10);
  day.confirm();
  day.take(at(0), 10, at(0));
  day.started(at(0), 10);
  day.correct(at(0), 5);
  EXPECT_FALSE(day.has_reserved(6));
  EXPECT_GT(day.slot(at(5), 86), at(1000));
  day.correct(at(0), -15);
  EXPECT_EQ(day.slot(at(5), 100), at(5));
}

TEST(RateRule, InheritsWhatAnOlderRuleCounted) {
  RateRule old(Rate{10, seconds(1)}, RateRule::Kind::paced);
  for (int i = 0; i < 10; ++i) next(old, 0);
  RateRule tighter(Rate{5, seconds(1)}, RateRule::Kind::paced);
  tighter.inherit(old, at(920));
  EXPECT_GE(tighter.slot(at(920), 1), at(920 + 20 + 204));
}

TEST(RateRule, RestsWhenItsWindowIsOver) {
  RateRule rule(Rate{10, seconds(1)}, RateRule::Kind::paced);
  EXPECT_TRUE(rule.rested(at(0)));
  next(rule, 0);
  EXPECT_FALSE(rule.rested(at(1019)));
  EXPECT_TRUE(rule.rested(at(1020)));
}

TEST(RateRule, AnEndlessRunStaysSmall) {
  for (const std::int64_t count : {1, 500, 100'000}) {
    RateRule rule(Rate{count, seconds(1)}, RateRule::Kind::paced);
    std::int64_t ms = 0;
    for (int i = 0; i < 20'000; ++i) ms = next(rule, ms + 1);
    EXPECT_LE(rule.state().runs.size(), 1025U) << count;
  }
}

TEST(RateRule, RestartsEmpty) {
  RateRule rule(Rate{10, seconds(1)}, RateRule::Kind::paced);
  rule.restart(at(1000));
  EXPECT_EQ(next(rule, 1000), 1122);
}

TEST(RateRule, RestoresWindowAndPace) {
  RateRule rule(Rate{2, seconds(1)}, RateRule::Kind::paced);
  rule.restore({.window = seconds(1), .reserved = 0, .full_at = at(700), .runs = {{at(500), 2}}},
               at(600));
  EXPECT_EQ(rule.slot(at(600), 1), at(1520));
  RateRule day = quota(5, std::chrono::hours(24));
  day.spend(5, at(600));
  EXPECT_EQ(day.slot(at(600), 1), at(600) + std::chrono::hours(24) + milliseconds(20));
}

}  // namespace
}  // namespace penstock::limits
