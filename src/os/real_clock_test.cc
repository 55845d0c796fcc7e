// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/real_clock.h"

#include <gtest/gtest.h>

namespace penstock::os {
namespace {

TEST(RealClock, MonotonicNeverGoesBack) {
  const RealClock clock;
  TimePoint last = clock.now();
  for (int i = 0; i < 1'000; ++i) {
    const TimePoint now = clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(RealClock, WallTimeIsAfterThisWasWritten) {
  const auto since_1970 = RealClock().wall().time_since_epoch();
  EXPECT_GT(std::chrono::duration_cast<std::chrono::hours>(since_1970).count(), 24 * 365 * 54);
}

}  // namespace
}  // namespace penstock::os
