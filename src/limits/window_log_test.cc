// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/window_log.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

TEST(WindowLog, HoldsExactlyItsCountInAnyWindow) {
  WindowLog log(3, milliseconds(1000));
  for (const int ms : {0, 10, 20}) {
    EXPECT_EQ(log.slot(at(ms), 1), at(ms));
    log.add(at(ms), 1);
  }
  EXPECT_EQ(log.slot(at(30), 1), at(1000));
  EXPECT_EQ(log.slot(at(30), 2), at(1010));
  EXPECT_EQ(log.slot(at(30), 3), at(1020));
}

TEST(WindowLog, ADemandAboveTheCountWaitsForAnEmptyWindow) {
  WindowLog log(3, milliseconds(1000));
  EXPECT_EQ(log.slot(at(0), 10), at(0));
  log.add(at(0), 10);
  EXPECT_EQ(log.slot(at(1), 10), at(1000));
  EXPECT_EQ(log.slot(at(1), 1), at(1000));
}

TEST(WindowLog, CountsWhatLiesAhead) {
  WindowLog log(1, milliseconds(1000));
  log.add(at(20), 1);
  EXPECT_EQ(log.slot(at(0), 1), at(1020));
}

TEST(WindowLog, AStartThatWasLateMoves) {
  WindowLog log(2, milliseconds(1000));
  log.add(at(0), 1);
  log.add(at(100), 1);
  log.remove(at(0), 1);
  log.add(at(300), 1);
  EXPECT_EQ(log.slot(at(400), 1), at(1100));
  EXPECT_EQ(log.slot(at(400), 2), at(1300));
}

TEST(WindowLog, RemovesNothingThatIsNotThere) {
  WindowLog log(1, milliseconds(1000));
  log.remove(at(0), 1);
  log.add(at(0), 1);
  log.remove(at(5), 1);
  EXPECT_EQ(log.slot(at(10), 1), at(1000));
  log.remove(at(0), 5);
  EXPECT_EQ(log.slot(at(10), 1), at(10));
}

TEST(WindowLog, ForgetsWhatNoWindowHolds) {
  WindowLog log(10, milliseconds(1000));
  log.add(at(0), 1);
  log.add(at(500), 1);
  log.prune(at(1000));
  EXPECT_EQ(log.runs().size(), 1U);
  EXPECT_FALSE(log.empty(at(1499)));
  EXPECT_TRUE(log.empty(at(1500)));
}

TEST(WindowLog, AMillionStartsStaySmall) {
  WindowLog log(1'000'000, milliseconds(1000));
  for (std::int64_t us = 0; us < 1'000'000; ++us)
    log.add(TimePoint(std::chrono::microseconds(us)), 1);
  EXPECT_LE(log.runs().size(), WindowLog::kRunsMax + 1U);
  const TimePoint slot = log.slot(at(1000), 1);
  EXPECT_GE(slot, at(1000));
  EXPECT_LE(slot, at(1002));
}

/// Whatever is asked in whatever rhythm: starts as early as the log lets them fill no window too
/// much, whether it is exact or coarse.
TEST(WindowLog, NoWindowIsEverTooFull) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::element<std::int64_t>(1, 2, 7, 100, 600, 2000);
    WindowLog log(count, milliseconds(1000));
    std::vector<TimePoint> starts;
    TimePoint now{};
    const auto pauses = *rc::gen::container<std::vector<int>>(20, rc::gen::inRange(0, 400));
    for (const int pause : pauses) {
      now += milliseconds(pause);
      for (std::int64_t i = 0; i < count / 3 + 1; ++i) {
        now = log.slot(now, 1);
        log.prune(now);
        log.add(now, 1);
        starts.push_back(now);
        now += std::chrono::microseconds(10);
      }
    }
    const auto n = static_cast<std::size_t>(count);
    for (std::size_t i = n; i < starts.size(); ++i) {
      RC_ASSERT(starts[i] - starts[i - n] >= milliseconds(1000));
    }
  }));
}

}  // namespace
}  // namespace penstock::limits
