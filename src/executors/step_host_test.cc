// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/step_host.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "executors/test_steps.h"

namespace penstock::executors {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class StepHostTest : public ::testing::Test {
 protected:
  void add(std::uint64_t id, const std::string& value) { host_.add(call_of(id, value)); }

  void add_at(std::uint64_t id, const std::string& value, TimePoint when) {
    Call call = call_of(id, value);
    call.not_before = when;
    host_.add(std::move(call));
  }

  // What has finished, in order: "1 done x; 2 failed k; ".
  std::string finished() {
    std::string text;
    for (const FinishedCall& call : host_.take_finished()) {
      text += std::to_string(static_cast<std::uint64_t>(call.id)) + " " + shown(call) + "; ";
    }
    return text;
  }

  // The same, after one round of the loop.
  std::string turn() {
    loop_->run_once(TimePoint::min());
    return finished();
  }

  // The same, once there is something.
  std::string wait() {
    for (;;) {
      loop_->run_once(TimePoint::clock::now() + hours(1));
      if (std::string text = finished(); !text.empty()) return text;
    }
  }

  std::unique_ptr<os::EpollLoop> loop_ = std::move(*os::EpollLoop::create());
  WorkerPage page_;
  int told_ = 0;
  StepHost host_{{std::make_shared<VerbStep>()},
                 *loop_,
                 page_,
                 {.worker = 3,
                  .concurrency = 2,
                  .compute = ComputeMode::on_thread,
                  .files_folder = "/files",
                  .on_news = [this] { ++told_; }}};
};

TEST_F(StepHostTest, RunsCallsAndTellsOnceUntilTheyAreTaken) {
  add(1, "echo a");
  add(2, "noop");
  EXPECT_EQ(told_, 1);
  EXPECT_EQ(finished(), "1 done a; 2 all well; ");
  add(3, "echo b");
  EXPECT_EQ(told_, 2);
  EXPECT_EQ(host_.load(), 0U);
}

TEST_F(StepHostTest, StepsSeeTheirWorker) {
  add(1, "worker");
  add(2, "folder");
  EXPECT_EQ(finished(), "1 done 3; 2 done /files; ");
}

TEST_F(StepHostTest, AboveTheConcurrencyCallsWaitInTheirOrder) {
  add(1, "hold");
  add(2, "hold");
  add(3, "echo c");
  add(4, "echo d");
  EXPECT_EQ(host_.load(), 4U);
  EXPECT_EQ(turn(), "");
  host_.cancel_call(CallId{1});
  EXPECT_EQ(finished(), "1 failed step.cancelled; ");
  EXPECT_EQ(turn(), "3 done c; 4 done d; ");
  host_.set_concurrency(1);
  add(5, "echo e");
  EXPECT_EQ(turn(), "") << "the held one fills it";
  host_.set_concurrency(2);
  EXPECT_EQ(finished(), "5 done e; ");
}

TEST_F(StepHostTest, NothingStartsBeforeItsInstant) {
  const TimePoint when = TimePoint::clock::now() + milliseconds(3);
  add_at(1, "now", when);
  add_at(2, "echo due", TimePoint::clock::now() - hours(1));
  EXPECT_EQ(finished(), "2 done due; ");
  const std::string seen = wait();
  EXPECT_GE(std::stoll(seen.substr(std::string("1 done ").size())),
            when.time_since_epoch().count());
}

TEST_F(StepHostTest, WhatHasNotBegunIsCancelledWithoutItsStep) {
  add_at(1, "segv", TimePoint::clock::now() + hours(1));
  add(2, "hold");
  add(3, "segv");  // Waits for a place.
  for (const std::uint64_t id : {1U, 3U, 99U}) host_.cancel_call(CallId{id});
  EXPECT_EQ(turn(), "1 failed cancelled; 3 failed cancelled; ");
  EXPECT_EQ(host_.load(), 1U);
}

TEST_F(StepHostTest, ComputeRunsElsewhereAndEndsHere) {
  add(1, "compute");
  EXPECT_EQ(finished(), "");
  EXPECT_EQ(wait(), "1 done computed; ");
}

TEST_F(StepHostTest, WhatStepsThrowCostsTheirCallOnly) {
  add(1, "throw");
  EXPECT_EQ(finished(), "1 failed step.exception; ");
  add(2, "compute throw");
  EXPECT_EQ(wait(), "2 failed step.exception; ");
  add(3, "echo fine");
  EXPECT_EQ(finished(), "3 done fine; ");
}

TEST_F(StepHostTest, TheFirstOfTwoAnswersStands) {
  add(1, "twice");
  EXPECT_EQ(turn(), "1 done first; ");
}

TEST_F(StepHostTest, VerdictsMustBeAsManyAsItems) {
  add(1, "miscount");
  const auto calls = host_.take_finished();
  ASSERT_EQ(calls.size(), 1U);
  ASSERT_EQ(calls[0].verdicts.size(), 1U);
  EXPECT_EQ(calls[0].verdicts[0].error.code, Errc::internal);
  EXPECT_EQ(calls[0].verdicts[0].error.message, "run step: it gave 2 verdicts for 1 items");
}

TEST_F(StepHostTest, MarksTheCallsWhoseCodeRuns) {
  const auto beats = page_.loop.beats.load();
  add(1, "hold");
  EXPECT_EQ(page_.loop.call(), std::nullopt) << "it waits, but none of its code runs";
  EXPECT_GT(page_.loop.beats.load(), beats);
}

TEST_F(StepHostTest, WhatAClientsCallbackBringsRunsMarkedAndCaught) {
  add(1, "hold");
  std::optional<CallId> during;
  host_.run(CallId{1}, [&] { during = page_.loop.call(); });
  EXPECT_EQ(during, CallId{1});
  host_.run(CallId{1}, [] { throw std::runtime_error("bad answer"); });
  EXPECT_EQ(finished(), "1 failed step.exception; ");
}

TEST_F(StepHostTest, TellsWhenRequestsWereWritten) {
  add(1, "hold");
  const TimePoint sent_at{std::chrono::seconds(5)};
  host_.started(CallId{1}, sent_at);
  host_.started(CallId{99}, sent_at);  // Unknown, or finished already.
  EXPECT_EQ(told_, 1);
  const auto calls = host_.take_started();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].id, CallId{1});
  EXPECT_EQ(calls[0].sent_at, sent_at);
}

TEST_F(StepHostTest, SharedSlotsAreOneByName) {
  host_.shared("client") = std::make_shared<int>(7);
  EXPECT_EQ(*std::static_pointer_cast<int>(host_.shared("client")), 7);
  EXPECT_FALSE(host_.shared("other"));
}

TEST_F(StepHostTest, EndsWithCallsInEveryState) {
  add_at(1, "noop", TimePoint::clock::now() + hours(1));
  add(2, "compute");
  add(3, "hold");
}

}  // namespace
}  // namespace penstock::executors
