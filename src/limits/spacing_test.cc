// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/spacing.h"

#include <gtest/gtest.h>

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;

TimePoint at(int ms) { return TimePoint(milliseconds(ms)); }

TEST(Spacing, CountsFromTheActualStart) {
  Spacing spacing(milliseconds(1500));
  EXPECT_EQ(spacing.slot(at(0)), at(0));
  spacing.take();
  EXPECT_TRUE(spacing.outstanding());
  spacing.started(at(200));
  EXPECT_FALSE(spacing.outstanding());
  EXPECT_EQ(spacing.slot(at(300)), at(1720));
}

TEST(Spacing, AddsATwentiethToShortOnesAndTwentyMillisecondsToLongOnes) {
  Spacing spacing(milliseconds(100));
  spacing.started(at(0));
  EXPECT_EQ(spacing.slot(at(0)), at(105));
  spacing.set(milliseconds(10'000));
  EXPECT_EQ(spacing.slot(at(0)), at(10'020));
}

TEST(Spacing, WhatWasNeverWrittenLeavesNoTrace) {
  Spacing spacing(milliseconds(100));
  spacing.take();
  spacing.abandon();
  EXPECT_FALSE(spacing.outstanding());
  EXPECT_TRUE(spacing.rested(at(0)));
}

TEST(Spacing, CountsFromTheLatestStartInWhateverOrderTheyAreTold) {
  Spacing spacing(milliseconds(100));
  spacing.started(at(50));
  spacing.started(at(20));
  EXPECT_EQ(spacing.slot(at(0)), at(155));
}

TEST(Spacing, RestsAfterItsTime) {
  Spacing spacing(milliseconds(100));
  spacing.take();
  EXPECT_FALSE(spacing.rested(at(0)));
  spacing.started(at(0));
  EXPECT_FALSE(spacing.rested(at(104)));
  EXPECT_TRUE(spacing.rested(at(105)));
}

TEST(Spacing, ZeroIsNone) {
  Spacing spacing{Duration(0)};
  EXPECT_FALSE(spacing.exists());
}

}  // namespace
}  // namespace penstock::limits
