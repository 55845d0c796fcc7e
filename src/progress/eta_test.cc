// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "progress/eta.h"

#include <gtest/gtest.h>

namespace penstock::progress {
namespace {

using std::chrono::seconds;

TimePoint at(double s) {
  return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s)));
}

/// Seconds, or -1 for unknown.
std::int64_t asked(const Eta& eta, std::int64_t items, double s) {
  const auto rest = eta.for_items(items, at(s));
  return rest ? rest->count() : -1;
}

TEST(Eta, IsUnknownUntilEnoughWasSeen) {
  Eta eta(at(0));
  eta.finished(9, at(1));
  EXPECT_EQ(asked(eta, 100, 10), -1);
  eta.finished(1, at(2));
  EXPECT_EQ(asked(eta, 100, 2.9), -1);
  EXPECT_EQ(asked(eta, 100, 10), 100);
}

TEST(Eta, GoesByTheLastMinutes) {
  Eta eta(at(0));
  for (int s = 0; s < 600; ++s) eta.finished(s < 300 ? 100 : 10, at(s));
  EXPECT_NEAR(static_cast<double>(asked(eta, 1000, 600)), 100, 1);
}

TEST(Eta, IsUnknownWhenNothingHappens) {
  Eta eta(at(0));
  eta.finished(1000, at(1));
  EXPECT_GT(asked(eta, 10, 200), 0);
  EXPECT_EQ(asked(eta, 10, 400), -1);
}

TEST(Eta, NothingLeftTakesNoTime) {
  const Eta eta(at(0));
  EXPECT_EQ(asked(eta, 0, 0), 0);
}

TEST(Eta, DoesNotPromiseBeyondTenYears) {
  Eta eta(at(0));
  eta.finished(10, at(1));
  EXPECT_EQ(asked(eta, std::int64_t{1} << 60, 10), -1);
}

}  // namespace
}  // namespace penstock::progress
