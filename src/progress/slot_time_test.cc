// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "progress/slot_time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace penstock::progress {
namespace {

using std::chrono::seconds;

TimePoint at(std::int64_t s) { return TimePoint(seconds(s)); }

/// Seconds of slot time by cause, without those that are zero.
std::string lost(const SlotTime& slots, std::int64_t s) {
  const LostTime lost = slots.lost(at(s));
  std::string text;
  const auto add = [&text](const char* name, Duration time) {
    if (time > Duration(0)) text += name + std::to_string(time / seconds(1)) + " ";
  };
  add("limits ", lost.limits);
  add("backoff ", lost.backoff);
  add("network ", lost.network);
  add("cpu ", lost.cpu);
  add("tail ", lost.tail);
  add("source ", lost.source);
  add("disk ", lost.disk);
  return text;
}

TEST(SlotTime, SplitsAllTimeOfAllSlots) {
  SlotTime slots(4, at(0));
  slots.set_busy(1, at(1));
  slots.set_idle(Idle::limits, at(1));
  slots.set_busy(4, at(3));
  slots.set_busy(2, at(5));
  slots.set_idle(Idle::backoff, at(5));
  slots.set_idle(Idle::disk, at(6));
  slots.set_idle(Idle::tail, at(7));
  slots.computed(seconds(3));
  EXPECT_EQ(lost(slots, 8), "limits 6 backoff 2 network 13 cpu 3 tail 2 source 4 disk 2 ");
}

TEST(SlotTime, TellsConfiguredFromReached) {
  SlotTime slots(10, at(0));
  slots.set_busy(8, at(0));
  slots.set_busy(2, at(5));
  const ConcurrencyProgress reached = slots.concurrency(at(10));
  EXPECT_EQ(reached.configured, 10);
  EXPECT_EQ(reached.now, 2);
  EXPECT_EQ(reached.peak, 8);
  EXPECT_DOUBLE_EQ(reached.mean, 5);
}

TEST(SlotTime, AtTheStartTheMeanIsZero) {
  const SlotTime slots(10, at(3));
  EXPECT_EQ(slots.concurrency(at(3)).mean, 0);
}

TEST(SlotTime, FewerSlotsThanCallsLoseNothing) {
  SlotTime slots(4, at(0));
  slots.set_busy(4, at(0));
  slots.resize(2, at(1));
  slots.computed(seconds(100));
  EXPECT_EQ(lost(slots, 2), "cpu 8 ");
  EXPECT_EQ(slots.concurrency(at(2)).configured, 2);
}

TEST(SlotTime, NothingIsLostTwiceOrForgotten) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange<std::int64_t>(1, 100);
    SlotTime slots(count, at(0));
    std::int64_t now = 0;
    for (int i = 0; i < 50; ++i) {
      now += *rc::gen::inRange<std::int64_t>(0, 100);
      slots.set_busy(*rc::gen::inRange<std::int64_t>(0, count + 1), at(now));
      slots.set_idle(static_cast<Idle>(*rc::gen::inRange(0, 5)), at(now));
      slots.computed(seconds(*rc::gen::inRange(0, 20)));
    }
    const LostTime lost = slots.lost(at(now));
    const Duration all =
        lost.limits + lost.backoff + lost.network + lost.cpu + lost.tail + lost.source + lost.disk;
    RC_ASSERT(all == seconds(now * count));
  }));
}

}  // namespace
}  // namespace penstock::progress
