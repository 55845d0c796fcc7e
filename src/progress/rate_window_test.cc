// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "progress/rate_window.h"

#include <gtest/gtest.h>

namespace penstock::progress {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

/// One event each so many milliseconds, from here to there.
void tick(RateWindow& window, std::int64_t from_ms, std::int64_t to_ms, std::int64_t every_ms) {
  for (std::int64_t ms = from_ms; ms < to_ms; ms += every_ms) window.count(1, at(ms));
}

TEST(RateWindow, SaysNothingTooEarly) {
  RateWindow window(seconds(10), at(0));
  window.count(1000, at(100));
  EXPECT_FALSE(window.per_s(at(499)));
  EXPECT_DOUBLE_EQ(*window.per_s(at(500)), 2000);
}

TEST(RateWindow, LooksAtTheTimeSinceTheStart) {
  RateWindow window(seconds(10), at(7000));
  tick(window, 7000, 9000, 10);
  EXPECT_DOUBLE_EQ(*window.per_s(at(9000)), 100);
}

TEST(RateWindow, ForgetsWhatIsOlderThanTheWindow) {
  RateWindow window(seconds(10), at(0));
  tick(window, 0, 60'000, 1);
  tick(window, 60'000, 70'000, 100);
  EXPECT_NEAR(*window.per_s(at(70'000)), 10, 0.01);
  EXPECT_EQ(window.events(at(70'000)), 95);
}

TEST(RateWindow, FallsToZeroWhenNothingHappens) {
  RateWindow window(seconds(10), at(0));
  tick(window, 0, 5000, 1);
  EXPECT_GT(*window.per_s(at(9000)), 500);
  EXPECT_EQ(*window.per_s(at(15'000)), 0);
  EXPECT_EQ(*window.per_s(at(1'000'000'000)), 0);
}

TEST(RateWindow, CountsDoNotOverflowLongRuns) {
  RateWindow window(seconds(10), at(0));
  const TimePoint later = at(0) + std::chrono::hours(24 * 365);
  window.count(std::int64_t{1} << 40, later);
  EXPECT_EQ(window.events(later), std::int64_t{1} << 40);
}

}  // namespace
}  // namespace penstock::progress
