// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/pace.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;

TimePoint at(int ms) { return TimePoint(milliseconds(ms)); }

/// Take as early as possible from `from`; the starts in milliseconds.
std::string starts(Pace& pace, int from, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const TimePoint slot = pace.slot(at(from));
    pace.take(slot, 1);
    text += std::to_string(slot.time_since_epoch() / milliseconds(1)) + " ";
  }
  return text;
}

TEST(Pace, SpreadsEvenlyFromTheFirst) {
  Pace pace(milliseconds(100), 1);
  EXPECT_EQ(starts(pace, 0, 4), "0 100 200 300 ");
}

TEST(Pace, GivesABurstAfterARest) {
  Pace pace(milliseconds(100), 3);
  EXPECT_EQ(starts(pace, 0, 5), "0 0 0 100 200 ");
  EXPECT_EQ(starts(pace, 5000, 4), "5000 5000 5000 5100 ");
}

TEST(Pace, SavesNoMoreThanTheBurst) {
  Pace pace(milliseconds(100), 2);
  EXPECT_EQ(starts(pace, 0, 2), "0 0 ");
  EXPECT_EQ(starts(pace, 150, 2), "150 200 ");
}

TEST(Pace, LetsALargeDemandStartAndOwe) {
  Pace pace(milliseconds(1), 10);
  pace.take(at(0), 500);
  EXPECT_EQ(pace.slot(at(0)), at(491));
}

TEST(Pace, AnEndlessDemandOverflowsNothing) {
  Pace pace(std::chrono::hours(1), 1);
  pace.take(at(0), INT64_MAX);
  EXPECT_GT(pace.slot(at(0)), at(0) + std::chrono::hours(24 * 3650));
}

TEST(Pace, GivesBackWhatWasNotSent) {
  Pace pace(milliseconds(100), 1);
  pace.take(at(0), 1);
  pace.give_back(1);
  EXPECT_EQ(pace.slot(at(0)), at(0));
}

TEST(Pace, EmptyOwesWhatAnEarlierBucketMayHaveGiven) {
  Pace pace(milliseconds(100), 3);
  pace.empty(at(1000));
  EXPECT_EQ(starts(pace, 1000, 3), "1320 1420 1520 ");
}

TEST(Pace, RestsWhenItsBucketIsFull) {
  Pace pace(milliseconds(100), 1);
  EXPECT_TRUE(pace.rested(at(0)));
  pace.take(at(0), 2);
  EXPECT_FALSE(pace.rested(at(199)));
  EXPECT_TRUE(pace.rested(at(200)));
}

}  // namespace
}  // namespace penstock::limits
