// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/timer_heap.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::os {
namespace {

class TimerHeapTest : public ::testing::Test {
 protected:
  static TimePoint ms(int at) { return TimePoint(std::chrono::milliseconds(at)); }

  TimerId set(int at, const std::string& name) {
    return timers_.at(ms(at), [this, name] { ran_ += name; });
  }

  std::string run(int now) {
    ran_.clear();
    const auto made = timers_.made();
    while (const auto task = timers_.take_due(ms(now), made)) task();
    return ran_;
  }

  TimerHeap timers_;
  std::string ran_;
};

TEST_F(TimerHeapTest, RunInOrderOfTimeThenOfMaking) {
  set(20, "c");
  set(10, "a");
  set(10, "b");
  EXPECT_EQ(timers_.next_due(), ms(10));
  EXPECT_EQ(run(9), "");
  EXPECT_EQ(run(10), "ab");
  EXPECT_EQ(run(30), "c");
  EXPECT_EQ(timers_.next_due(), std::nullopt);
}

TEST_F(TimerHeapTest, CancelledDoesNotRun) {
  const TimerId a = set(10, "a");
  set(20, "b");
  timers_.cancel(a);
  EXPECT_EQ(timers_.next_due(), ms(20));
  EXPECT_EQ(run(30), "b");
}

TEST_F(TimerHeapTest, StaleIdsDoNothing) {
  const TimerId a = set(10, "a");
  EXPECT_EQ(run(10), "a");
  set(20, "b");  // Takes the same slot.
  timers_.cancel(a);
  timers_.cancel(TimerId{});
  timers_.cancel(TimerId{~std::uint64_t{0}});
  EXPECT_EQ(run(20), "b");
}

TEST_F(TimerHeapTest, SetByATaskWaitsForTheNextRound) {
  timers_.at(ms(1), [this] {
    ran_ += "a";
    set(1, "b");
  });
  EXPECT_EQ(run(5), "a");
  EXPECT_EQ(run(5), "b");
}

TEST_F(TimerHeapTest, ATaskMayCancelItselfAndOthers) {
  TimerId self{};
  TimerId other{};
  self = timers_.at(ms(1), [&] {
    ran_ += "a";
    timers_.cancel(self);
    timers_.cancel(other);
  });
  other = set(2, "b");
  EXPECT_EQ(run(5), "a");
  EXPECT_EQ(timers_.size(), 0U);
}

TEST_F(TimerHeapTest, ManyCancelledTimersLeaveNoHeapBehind) {
  set(1'000'000, "z");
  for (int i = 0; i < 10'000; ++i) timers_.cancel(set(i, "x"));
  EXPECT_EQ(timers_.size(), 1U);
  EXPECT_EQ(run(10'000), "");
  EXPECT_EQ(run(1'000'000), "z");
}

}  // namespace
}  // namespace penstock::os
