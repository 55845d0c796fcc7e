// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/executors.h>

#include "executors/test_drive.h"

namespace penstock::executors {
namespace {

class InlineExecutorTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Executor> make(os::EpollWaker& waker) {
    return make_inline_executor({std::make_shared<VerbStep>()},
                                {.workers = 2, .concurrency = 2, .files_folder = "/files"}, waker);
  }

  Drive drive_{&InlineExecutorTest::make};
};

TEST_F(InlineExecutorTest, AnswersComeBack) {
  EXPECT_EQ(drive_.run("noop"), "all well");
  EXPECT_EQ(drive_.run("echo x"), "done x");
  EXPECT_EQ(drive_.run("folder"), "done /files");
  EXPECT_EQ(drive_.run("worker"), "done 0");
}

TEST_F(InlineExecutorTest, RoomIsWorkersTimesConcurrency) {
  EXPECT_EQ(drive_.executor().room(), 4U);
  const auto a = drive_.give("hold");
  drive_.give("hold");
  EXPECT_EQ(drive_.executor().room(), 2U);
  EXPECT_EQ(drive_.executor().workers().front().in_flight, 2U);
  drive_.executor().resize(1, 8);
  EXPECT_EQ(drive_.executor().room(), 6U);
  drive_.executor().resize(1, 1);
  EXPECT_EQ(drive_.executor().room(), 0U);
  drive_.executor().cancel(CallId{a}, CancelMode::gently);
  EXPECT_EQ(drive_.result(a), "failed step.cancelled");
}

TEST_F(InlineExecutorTest, AboveTheConcurrencyCallsWaitTheirTurn) {
  std::vector<std::uint64_t> held;
  for (int i = 0; i < 4; ++i) held.push_back(drive_.give("hold"));
  const auto fifth = drive_.give("echo five");
  drive_.turn();
  EXPECT_FALSE(drive_.results().contains(fifth));
  drive_.executor().cancel(CallId{held[0]}, CancelMode::now);
  EXPECT_EQ(drive_.result(fifth), "done five");
}

TEST_F(InlineExecutorTest, ComputeRunsAtOnceAndEndsInTheLoop) {
  EXPECT_EQ(drive_.run("compute"), "done computed");
  EXPECT_EQ(drive_.run("compute throw"), "failed step.exception");
}

TEST_F(InlineExecutorTest, EndsWithCallsThatWait) {
  Call call = call_of(1'000, "noop");
  call.not_before = TimePoint::clock::now() + std::chrono::hours(1);
  drive_.give(call);
  drive_.give("hold");
  drive_.give("sleep 100000");
  EXPECT_TRUE(drive_.executor().health());
}

}  // namespace
}  // namespace penstock::executors
