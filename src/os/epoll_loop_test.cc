// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/epoll_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "os/socket_pair.h"

namespace penstock::os {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class EpollLoopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    loop_ = std::move(*EpollLoop::create());
    pair_ = std::move(*make_socket_pair(SocketKind::stream));
  }

  void poll() { loop_->run_once(TimePoint::min()); }
  void ring() { ASSERT_EQ(::write(pair_.second.get(), "x", 1), 1); }

  std::unique_ptr<EpollLoop> loop_;
  std::pair<Fd, Fd> pair_;
  std::string ran_;
};

TEST_F(EpollLoopTest, CallsBackWhenReadable) {
  ASSERT_TRUE(loop_->watch(pair_.first.get(), EPOLLIN, [this](auto) { ran_ += "r"; }));
  poll();
  EXPECT_EQ(ran_, "");
  ring();
  loop_->run_once(TimePoint::max());
  poll();  // Level-triggered: nobody has read.
  EXPECT_EQ(ran_, "rr");
}

TEST_F(EpollLoopTest, ChangeAndUnwatch) {
  auto watch = loop_->watch(pair_.first.get(), EPOLLIN,
                            [this](auto events) { ran_ += (events & EPOLLOUT) != 0 ? "w" : "r"; });
  ASSERT_TRUE(loop_->change(*watch, EPOLLOUT));
  poll();
  EXPECT_EQ(ran_, "w");
  EXPECT_EQ(loop_->watched(), 1U);
  loop_->unwatch(*watch);
  EXPECT_EQ(loop_->watched(), 0U);
  poll();
  EXPECT_EQ(ran_, "w");
  EXPECT_EQ(loop_->change(*watch, EPOLLIN).error().kind, "os.watch");
}

TEST_F(EpollLoopTest, RefusesWhatCannotBeWatched) {
  const auto bad = loop_->watch(-1, EPOLLIN, [](auto) {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, "system.EBADF");
  EXPECT_EQ(loop_->watched(), 0U);
}

// Both descriptors are reported by one epoll_wait; whichever comes first ends the other.
TEST_F(EpollLoopTest, EventsOfAnEndedWatchAreDropped) {
  auto other = std::move(*make_socket_pair(SocketKind::stream));
  WatchId a{};
  WatchId b{};
  a = *loop_->watch(pair_.first.get(), EPOLLIN, [&](auto) {
    ran_ += "a";
    loop_->unwatch(b);
  });
  b = *loop_->watch(other.first.get(), EPOLLIN, [&](auto) {
    ran_ += "b";
    loop_->unwatch(a);
  });
  ring();
  ASSERT_EQ(::write(other.second.get(), "x", 1), 1);
  poll();
  poll();
  EXPECT_TRUE(ran_ == "aa" || ran_ == "bb") << ran_;
}

// The slot is reused within the round: only the generation tells old events from new ones.
TEST_F(EpollLoopTest, AReusedSlotDoesNotInheritEvents) {
  auto old = std::move(*make_socket_pair(SocketKind::stream));
  auto fresh = std::move(*make_socket_pair(SocketKind::stream));
  WatchId a{};
  WatchId b{};
  const auto swap = [&](WatchId victim) {
    loop_->unwatch(victim);
    ASSERT_TRUE(loop_->watch(fresh.first.get(), EPOLLIN, [&](auto) { ran_ += "wrong"; }));
  };
  a = *loop_->watch(pair_.first.get(), EPOLLIN, [&](auto) { swap(b); });
  b = *loop_->watch(old.first.get(), EPOLLIN, [&](auto) { swap(a); });
  ring();
  ASSERT_EQ(::write(old.second.get(), "x", 1), 1);
  poll();
  EXPECT_EQ(ran_, "");
}

TEST_F(EpollLoopTest, ACallbackMayEndItselfAndAddMany) {
  WatchId self{};
  self = *loop_->watch(pair_.first.get(), EPOLLIN, [&, text = std::string(100, 'q')](auto) {
    loop_->unwatch(self);
    std::vector<std::pair<Fd, Fd>> pairs;
    for (int i = 0; i < 100; ++i) {
      pairs.push_back(std::move(*make_socket_pair(SocketKind::stream)));
      const auto watch = loop_->watch(pairs.back().first.get(), EPOLLIN, [](auto) {});
      ASSERT_TRUE(watch);
      loop_->unwatch(*watch);
    }
    ran_ = text;  // Its own closure must still be there: ASan tells.
  });
  ring();
  poll();
  EXPECT_EQ(ran_, std::string(100, 'q'));
}

TEST_F(EpollLoopTest, TimersRunWhenDueAndNotEarly) {
  const TimePoint when = TimePoint::clock::now() + milliseconds(3);
  TimePoint ran_at{};
  loop_->at(when, [&] { ran_at = TimePoint::clock::now(); });
  loop_->run_once(when - milliseconds(2));  // Comes back with or without it, on a busy machine.
  while (ran_at == TimePoint{}) loop_->run_once(TimePoint::max());
  EXPECT_GE(ran_at, when);
}

TEST_F(EpollLoopTest, CancelledTimersDoNotRunNorWake) {
  const auto timer = loop_->at(TimePoint{}, [this] { ran_ += "t"; });
  loop_->cancel(timer);
  poll();
  EXPECT_EQ(ran_, "");
}

TEST_F(EpollLoopTest, PostedTasksRunInOrderInTheNextRound) {
  loop_->post([this] {
    ran_ += "a";
    loop_->post([this] { ran_ += "c"; });
  });
  loop_->post([this] { ran_ += "b"; });
  loop_->run_once(TimePoint::max());  // Does not sleep.
  EXPECT_EQ(ran_, "ab");
  loop_->run_once(TimePoint::max());
  EXPECT_EQ(ran_, "abc");
}

TEST_F(EpollLoopTest, WakeEndsTheNextSleep) {
  loop_->wake();
  loop_->run_once(TimePoint::clock::now() + hours(1));
}

// Were one wake-up lost, a round would sleep for an hour and the test would time out.
TEST_F(EpollLoopTest, NoWakeUpIsLostBetweenThreads) {
  constexpr int kTasks = 20'000;
  int ran = 0;
  std::thread poster([&] {
    for (int i = 0; i < kTasks; ++i) loop_->post([&ran] { ++ran; });
  });
  while (ran < kTasks) loop_->run_once(TimePoint::clock::now() + hours(1));
  poster.join();
}

}  // namespace
}  // namespace penstock::os
