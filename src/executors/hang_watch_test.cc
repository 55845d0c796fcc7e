// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/hang_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::executors {
namespace {

using std::chrono::milliseconds;

class HangWatchTest : public ::testing::Test {
 protected:
  // Looks every 10 ms of a limit of 100: how many looks until it hangs, at most `looks`.
  int looks_until_hung(const Pulse& pulse, int looks) {
    for (int i = 1; i <= looks; ++i) {
      if (look(pulse) != Hung::no) return i;
    }
    return 0;
  }

  Hung look(const Pulse& pulse, int after_ms = 10) {
    now_ += milliseconds(after_ms);
    return watch_.look(pulse, now_);
  }

  HangWatch watch_{milliseconds(100)};
  TimePoint now_{std::chrono::hours(1)};
};

TEST_F(HangWatchTest, AThreadThatMustBeatAndDoesNotHangs) {
  EXPECT_EQ(looks_until_hung({.loop_beats = 5, .loop_must_beat = true}, 50), 11);
}

TEST_F(HangWatchTest, EveryBeatStartsTimeAnew) {
  for (std::uint64_t beats = 0; beats < 20; ++beats) {
    EXPECT_EQ(looks_until_hung({.loop_beats = beats, .loop_must_beat = true}, 9), 0);
  }
}

TEST_F(HangWatchTest, AnIdleThreadNeedNotBeat) {
  EXPECT_EQ(looks_until_hung({}, 1'000), 0);
  EXPECT_EQ(looks_until_hung({.loop_must_beat = true}, 50), 11) << "counts from when it must";
}

TEST_F(HangWatchTest, TheTwoThreadsAreToldApart) {
  std::uint64_t beats = 0;
  Hung hung = Hung::no;
  for (int i = 0; i < 50 && hung == Hung::no; ++i) {
    hung = look({.loop_beats = ++beats, .loop_must_beat = true, .compute_must_beat = true});
  }
  EXPECT_EQ(hung, Hung::compute);
}

TEST_F(HangWatchTest, OurOwnPauseBlamesNobody) {
  const Pulse still{.loop_must_beat = true, .compute_must_beat = true};
  EXPECT_EQ(looks_until_hung(still, 9), 0);
  EXPECT_EQ(look(still, 3'600'000), Hung::no) << "we were stopped for an hour";
  EXPECT_EQ(looks_until_hung(still, 50), 10);
}

}  // namespace
}  // namespace penstock::executors
