// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/limiter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "limits/limit_text.h"

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

/// The pages limit of the manual: two in flight and 1.5 s between starts per host.
LimitOptions pages() {
  LimitOptions options;
  options.name = "pages";
  options.per = "host";
  options.each.concurrency = Concurrency{2, false};
  options.each.spacing = milliseconds(1500);
  options.keys["slow.org"].spacing = seconds(3);
  return options;
}

LimitOptions search(Rate rate) {
  LimitOptions options;
  options.name = "search";
  options.all.rates = {rate};
  return options;
}

/// What a limiter says: "go 20", "ask 90 (why)", "wait (why)", "reserve (why)".
std::string asked(Limiter& limiter, std::string_view key, std::int64_t ms, std::int64_t cost = 1) {
  const Answer answer = limiter.ask(key, at(ms), cost);
  const std::string when = std::to_string(answer.at.time_since_epoch() / milliseconds(1));
  const std::string why = " (" + std::string(answer.rule) + ")";
  switch (answer.hold) {
    case Hold::none:
      return "go " + when;
    case Hold::time:
      return "ask " + when + why;
    case Hold::release:
      return "wait" + why;
    case Hold::reservation:
      return "reserve" + why;
  }
  return "";
}

TEST(Limiter, GrantsALittleAheadAndWakesALittleEarly) {
  Limiter limiter(search(Rate{10, seconds(1)}));
  Permit first = limiter.take("", at(0), at(0));
  EXPECT_EQ(asked(limiter, "", 0), "ask 92 (search: 10/s)");
  EXPECT_EQ(limiter.next_permitted("", at(0)), at(92) + Duration(1));
  EXPECT_EQ(asked(limiter, "", 92), "go 102");
  Permit second = limiter.take("", at(92), at(102) + Duration(1));
  EXPECT_EQ(second.not_before(), at(102) + Duration(1));
  limiter.release(first, Ending::ok, at(92));
  limiter.release(second, Ending::ok, at(200));
  EXPECT_EQ(limiter.in_flight(), 0);
}

TEST(Limiter, HoldsEachKeyByItself) {
  Limiter limiter(pages());
  Permit a = limiter.take("a.org", at(0), at(0));
  EXPECT_EQ(asked(limiter, "a.org", 0), "wait (pages: 1.5s between starts per host)");
  EXPECT_EQ(asked(limiter, "b.org", 0), "go 0");
  limiter.started(a, at(200));
  EXPECT_EQ(asked(limiter, "a.org", 300), "ask 1710 (pages: 1.5s between starts per host)");
  EXPECT_EQ(asked(limiter, "a.org", 1710), "go 1720");
  Permit second = limiter.take("a.org", at(1710), at(1720));
  limiter.started(second, at(1720));
  EXPECT_EQ(asked(limiter, "a.org", 9000), "wait (pages: 2 in flight per host)");
  EXPECT_EQ(limiter.next_permitted("a.org", at(9000)), TimePoint::max());
  limiter.release(a, Ending::ok, at(9000));
  EXPECT_EQ(asked(limiter, "a.org", 9000), "go 9000");
}

TEST(Limiter, ExceptionsReplaceOneKindOfRule) {
  Limiter limiter(pages());
  Permit permit = limiter.take("slow.org", at(0), at(0));
  limiter.started(permit, at(0));
  EXPECT_EQ(asked(limiter, "slow.org", 0), "ask 3010 (pages: 3s between starts for slow.org)");
  Permit second = limiter.take("slow.org", at(3020), at(3020));
  limiter.started(second, at(3020));
  EXPECT_EQ(asked(limiter, "slow.org", 9000), "wait (pages: 2 in flight for slow.org)");
}

TEST(Limiter, ExceptionsCanHaveRatesAndConcurrencyOfTheirOwn) {
  LimitOptions options = pages();
  options.keys["fast.org"] = {.rates = {Rate{1, seconds(1)}}, .concurrency = Concurrency{1, false}};
  Limiter limiter(options);
  Permit permit = limiter.take("fast.org", at(0), at(0));
  limiter.started(permit, at(0));
  EXPECT_EQ(asked(limiter, "fast.org", 0), "wait (pages: 1 in flight for fast.org)");
}

TEST(Limiter, RulesOverAllAndRulesForEachHoldTogether) {
  LimitOptions options = pages();
  options.all.concurrency = Concurrency{1, false};
  Limiter limiter(options);
  EXPECT_TRUE(limiter.ask_together(at(0)).granted());
  Permit permit = limiter.take("a.org", at(0), at(0));
  EXPECT_EQ(asked(limiter, "b.org", 0), "wait (pages: 1 in flight)");
  EXPECT_EQ(limiter.ask_together(at(0)).hold, Hold::release);
  limiter.release(permit, Ending::ok, at(10));
  EXPECT_EQ(asked(limiter, "b.org", 10), "go 10");
}

TEST(Limiter, AskingHasNoEffect) {
  Limiter limiter(search(Rate{1, seconds(1)}));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(asked(limiter, "", 0), "go 0");
}

TEST(Limiter, ReleaseCountsAsTheStartWhenNobodySaidIt) {
  Limiter limiter(pages());
  Permit permit = limiter.take("a.org", at(0), at(0));
  limiter.release(permit, Ending::timed_out, at(400));
  EXPECT_EQ(asked(limiter, "a.org", 400), "ask 1910 (pages: 1.5s between starts per host)");
}

TEST(Limiter, WhatWasNotSentIsGivenBack) {
  LimitOptions options = pages();
  options.each.rates = {Rate{1, seconds(1)}};
  Limiter limiter(options);
  Permit permit = limiter.take("a.org", at(0), at(0));
  limiter.release(permit, Ending::not_sent, at(5));
  EXPECT_EQ(asked(limiter, "a.org", 5), "go 5");
}

TEST(Limiter, WhatWasStartedIsNotGivenBack) {
  Limiter limiter(search(Rate{1, seconds(1)}));
  Permit permit = limiter.take("", at(0), at(0));
  limiter.started(permit, at(0));
  limiter.started(permit, at(500));
  limiter.release(permit, Ending::not_sent, at(5));
  EXPECT_EQ(asked(limiter, "", 5), "ask 1010 (search: 1/s)");
}

TEST(Limiter, AStartIsNeverBeforeItsGrant) {
  Limiter limiter(search(Rate{1, seconds(1)}));
  Permit permit = limiter.take("", at(0), at(20));
  limiter.started(permit, TimePoint{});
  EXPECT_EQ(asked(limiter, "", 20), "ask 1030 (search: 1/s)");
}

TEST(Limiter, ALateStartHoldsItsWindowLonger) {
  LimitOptions options = search(Rate{2, seconds(1)});
  Limiter limiter(options);
  Permit late = limiter.take("", at(0), at(0));
  Permit second = limiter.take("", at(500), at(510));
  limiter.started(late, at(300));
  EXPECT_EQ(asked(limiter, "", 600), "ask 1310 (search: 2/s)");
  limiter.release(late, Ending::ok, at(600));
  limiter.release(second, Ending::ok, at(600));
}

TEST(Limiter, CostsAreCorrectedAfterwards) {
  Limiter limiter(search(Rate{60'000, seconds(60)}));
  Permit permit = limiter.take("", at(0), at(0), 5000);
  EXPECT_EQ(asked(limiter, "", 0, 100).substr(0, 3), "ask");
  limiter.correct(permit, 10);
  EXPECT_EQ(asked(limiter, "", 10, 100), "go 10");
  limiter.release(permit, Ending::ok, at(10));
}

TEST(Limiter, RetryAfterHoldsTheKeyThatItCameFrom) {
  Limiter limiter(pages());
  limiter.pause_until("a.org", at(10'000), at(0));
  EXPECT_EQ(asked(limiter, "a.org", 0), "ask 9990 (pages: asked to wait)");
  EXPECT_EQ(asked(limiter, "a.org", 9990), "go 10000");
  EXPECT_EQ(asked(limiter, "b.org", 0), "go 0");
}

TEST(Limiter, RetryAfterHoldsAllOfALimitWithoutKeys) {
  Limiter limiter(search(Rate{10, seconds(1)}));
  limiter.learn("a.org", {.retry_after = seconds(10)}, at(0));
  EXPECT_EQ(asked(limiter, "b.org", 0), "ask 9990 (search: asked to wait)");
}

TEST(Limiter, LearnsWhatIsLeftUntilWhen) {
  Limiter limiter(search(Rate{10, seconds(1)}));
  QuotaHint quota{.limit = 5000, .remaining = 0, .reset_after = seconds(90)};
  limiter.learn("", {.requests = quota}, at(0));
  EXPECT_EQ(asked(limiter, "", 0), "ask 89990 (search: what the service has left)");
}

TEST(Limiter, ABucketThatRefillsBitByBitMakesWaitForOneOnly) {
  Limiter limiter(search(Rate{10, seconds(1)}));
  QuotaHint quota{.limit = 60, .remaining = 3, .reset_after = seconds(60), .gradual = true};
  limiter.learn("", {.requests = quota}, at(0));
  EXPECT_EQ(asked(limiter, "", 0), "go 0");
  quota.remaining = 0;
  limiter.learn("", {.requests = quota}, at(0));
  EXPECT_EQ(asked(limiter, "", 0), "ask 990 (search: asked to wait)");
  quota.limit.reset();
  limiter.learn("", {.requests = quota}, at(0));
  EXPECT_EQ(asked(limiter, "", 0), "ask 59990 (search: asked to wait)");
}

TEST(Limiter, AHintWithoutNumbersChangesNothing) {
  Limiter limiter(search(Rate{10, seconds(1)}));
  limiter.learn("", {.requests = {.limit = 5}}, at(0));
  limiter.learn("", {.requests = {.remaining = 0}}, at(0));
  EXPECT_EQ(asked(limiter, "", 0), "go 0");
}

TEST(Limiter, RetunesTheLivingRun) {
  Limiter limiter(pages());
  Permit permit = limiter.take("a.org", at(0), at(0));
  limiter.started(permit, at(0));
  LimitOptions options = limiter.options();
  options.each.spacing = milliseconds(100);
  options.each.concurrency = Concurrency{1, false};
  limiter.retune(options, at(50));
  EXPECT_EQ(asked(limiter, "a.org", 50), "wait (pages: 1 in flight per host)");
  limiter.release(permit, Ending::ok, at(60));
  EXPECT_EQ(asked(limiter, "a.org", 60), "ask 95 (pages: 100ms between starts per host)");
}

TEST(Limiter, KnowsWhetherStartsMatter) {
  EXPECT_TRUE(Limiter(pages()).needs_starts());
  EXPECT_TRUE(Limiter(search(Rate{10, seconds(1)})).needs_starts());
  LimitOptions options = pages();
  options.each.spacing = Duration(0);
  EXPECT_TRUE(Limiter(options).needs_starts());
  options.keys.clear();
  EXPECT_FALSE(Limiter(options).needs_starts());
}

TEST(Limiter, RestedKeysCostNoMemory) {
  Limiter limiter(pages());
  std::vector<Permit> busy;
  for (int i = 0; i < 100; ++i) {
    busy.push_back(limiter.take("busy" + std::to_string(i), at(0), at(0)));
  }
  for (int i = 0; i < 100'000; ++i) {
    const TimePoint now = at(i * 100);
    Permit permit = limiter.take("host" + std::to_string(i), now, now);
    limiter.started(permit, now);
    limiter.release(permit, Ending::ok, now);
    ASSERT_LE(limiter.keys_held(), 300U);
  }
  for (Permit& permit : busy) limiter.release(permit, Ending::ok, at(20'000'000));
  EXPECT_EQ(limiter.in_flight(), 0);
}

}  // namespace
}  // namespace penstock::limits
