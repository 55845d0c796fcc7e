// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/compute_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace penstock::executors {
namespace {

class ComputeThreadTest : public ::testing::Test {
 protected:
  void run_loop_until(const bool& done) {
    while (!done) loop_->run_once(TimePoint::max());
  }

  std::unique_ptr<os::EpollLoop> loop_ = std::move(*os::EpollLoop::create());
  ThreadMark mark_;
};

TEST_F(ComputeThreadTest, WorksElsewhereAndEndsHere) {
  ComputeThread compute(mark_, *loop_);
  std::thread::id worked;
  std::thread::id ended;
  bool done = false;
  compute.run(
      CallId{1}, [&] { worked = std::this_thread::get_id(); },
      [&](std::exception_ptr thrown) {
        EXPECT_FALSE(thrown);
        ended = std::this_thread::get_id();
        done = true;
      });
  run_loop_until(done);
  EXPECT_NE(worked, std::this_thread::get_id());
  EXPECT_EQ(ended, std::this_thread::get_id());
}

TEST_F(ComputeThreadTest, MarksTheCallWhoseWorkRuns) {
  ComputeThread compute(mark_, *loop_);
  bool done = false;
  std::optional<CallId> during;
  compute.run(
      CallId{0}, [&] { during = mark_.call(); }, [&](auto) { done = true; });
  run_loop_until(done);
  EXPECT_EQ(during, CallId{0});
  EXPECT_EQ(mark_.call(), std::nullopt);
  EXPECT_EQ(mark_.beats.load(), 2U);
}

TEST_F(ComputeThreadTest, KeepsTheOrderAndHandsOnWhatIsThrown) {
  ComputeThread compute(mark_, *loop_);
  std::string ran;
  bool done = false;
  compute.run(
      CallId{1}, [&] { ran += "a"; }, [](auto) {});
  compute.run(
      CallId{2}, [&] { throw std::runtime_error("no"); },
      [&](std::exception_ptr thrown) { EXPECT_TRUE(thrown); });
  compute.run(
      CallId{3}, [&] { ran += "c"; }, [&](auto) { done = true; });
  run_loop_until(done);
  EXPECT_EQ(ran, "ac");
}

TEST_F(ComputeThreadTest, EndingWaitsForTheWorkThatRunsOnly) {
  std::atomic<bool> begun{false};
  std::atomic<int> ran{0};
  {
    ComputeThread compute(mark_, *loop_);
    compute.run(
        CallId{1},
        [&] {
          begun = true;
          ++ran;
        },
        [](auto) {});
    while (!begun) std::this_thread::yield();
  }
  EXPECT_EQ(ran, 1);
}

}  // namespace
}  // namespace penstock::executors
