// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/epoll_waker.h"

#include <gtest/gtest.h>

#include <thread>

namespace penstock::os {
namespace {

constexpr auto kFinished = static_cast<std::uint32_t>(Event::finished);
constexpr auto kDurable = static_cast<std::uint32_t>(Event::durable);
const TimePoint kPast = TimePoint::min();

class EpollWakerTest : public ::testing::Test {
 protected:
  std::unique_ptr<EpollWaker> waker_ = std::move(*EpollWaker::create());
};

TEST_F(EpollWakerTest, NothingUntilTheDeadline) { EXPECT_EQ(waker_->sleep_until(kPast), 0U); }

TEST_F(EpollWakerTest, EventsFoldUntilTheyAreTaken) {
  waker_->wake(Event::finished);
  waker_->wake(Event::finished);
  waker_->wake(Event::durable);
  EXPECT_EQ(waker_->sleep_until(TimePoint::max()), kFinished | kDurable);
  EXPECT_EQ(waker_->sleep_until(kPast), 0U);
}

TEST_F(EpollWakerTest, TimersOfTheLoopDoNotCutTheSleepShort) {
  bool ran = false;
  const TimePoint deadline = TimePoint::clock::now() + std::chrono::milliseconds(3);
  waker_->loop().at(TimePoint{}, [&] { ran = true; });
  EXPECT_EQ(waker_->sleep_until(deadline), 0U);
  EXPECT_TRUE(ran);
  EXPECT_GE(TimePoint::clock::now(), deadline);
}

TEST_F(EpollWakerTest, CallbacksRunInsideTheSleepEvenWhenEventsWait) {
  bool ran = false;
  waker_->loop().post([&] { ran = true; });
  waker_->wake(Event::signal);
  waker_->sleep_until(kPast);
  EXPECT_TRUE(ran);
}

// Each turn waits for the other thread: one lost wake-up would hang the test.
TEST_F(EpollWakerTest, NoWakeUpIsLostBetweenThreads) {
  const auto other = std::move(*EpollWaker::create());
  constexpr int kTurns = 10'000;
  std::thread thread([&] {
    for (int i = 0; i < kTurns; ++i) {
      ASSERT_EQ(other->sleep_until(TimePoint::max()), kFinished);
      waker_->wake(Event::durable);
    }
  });
  for (int i = 0; i < kTurns; ++i) {
    other->wake(Event::finished);
    ASSERT_EQ(waker_->sleep_until(TimePoint::max()), kDurable);
  }
  thread.join();
}

}  // namespace
}  // namespace penstock::os
