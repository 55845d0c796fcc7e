// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/program_run.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace penstock::os {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{20};

std::size_t descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count += entry.path().empty() ? 0 : 1;
  return count;
}

class ProgramRunTest : public testing::Test {
 protected:
  void TearDown() override {
    EXPECT_EQ(loop_->watched(), 0U);
    EXPECT_EQ(descriptors(), descriptors_) << "leaked";
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), 0) << "a zombie; the guard alone is our child";
  }

  /// Begin a script; `result_` gets its end.
  void begin(std::string script, std::optional<std::string> input = std::nullopt) {
    ProgramCommand command{.path = "/bin/sh", .arguments = {"sh", "-c", std::move(script)}};
    command.input = std::move(input);
    begin(command);
  }
  void begin(const ProgramCommand& command) {
    result_.reset();
    auto started = ProgramRun::start(site(), command, limits_, [this](ProgramResult result) {
      result_ = std::move(result);
      run_.reset();  // As its owner does.
    });
    ASSERT_EQ(started.index(), 0U);
    run_ = std::move(std::get<0>(started));
  }
  ProgramSite site() { return {*loop_, launcher_, *guard_, nothing_}; }

  const ProgramResult& wait() {
    const TimePoint give_up = TimePoint::clock::now() + kPatience;
    while (!result_ && TimePoint::clock::now() < give_up) loop_->run_once(give_up);
    EXPECT_TRUE(result_) << "it never ended";
    if (!result_) result_.emplace();
    return *result_;
  }
  const ProgramResult& run(std::string script, std::optional<std::string> input = std::nullopt) {
    begin(std::move(script), std::move(input));
    return wait();
  }

  std::unique_ptr<EpollLoop> loop_ = std::move(*EpollLoop::create());
  std::unique_ptr<GroupGuard> guard_ = std::move(*GroupGuard::start());
  Launcher launcher_;
  Fd nothing_ = std::move(*open_nothing());
  ProgramLimits limits_;
  std::unique_ptr<ProgramRun> run_;
  std::optional<ProgramResult> result_;
  std::size_t descriptors_ = descriptors();
};

TEST_F(ProgramRunTest, BothStreamsAndTheStatus) {
  const ProgramResult& result = run("echo out; echo err >&2; exit 3");
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors_tail, "err\n");
  EXPECT_EQ(result.end.how.status, 3);
  EXPECT_EQ(result.stopped, Stopped::no);
  EXPECT_GT(result.ended, result.began);
}

TEST_F(ProgramRunTest, InputOfAnySizeAndNone) {
  EXPECT_EQ(run("cat").output, "");
  EXPECT_EQ(run("cat", "").output, "");
  const std::string large(3'000'000, 'x');
  EXPECT_EQ(run("cat", large).output, large);
  EXPECT_EQ(run("head -c 2", large).output, "xx") << "what is not read disturbs nobody";
  EXPECT_EQ(result_->end.how.status, 0);
}

TEST_F(ProgramRunTest, MuchOnBothStreamsAtOnce) {
  const ProgramResult& result =
      run("head -c 3000000 /dev/zero & head -c 3000000 /dev/zero | tr '\\0' e >&2; wait");
  EXPECT_EQ(result.output.size(), 3'000'000U);
  EXPECT_EQ(result.errors_tail, std::string(ProgramRun::kErrorsTailBytes, 'e'));
}

TEST_F(ProgramRunTest, TooMuchOutputIsStopped) {
  limits_.output_bytes = 1000;
  EXPECT_EQ(run("head -c 1000 /dev/zero").stopped, Stopped::no);
  EXPECT_EQ(run("head -c 1001 /dev/zero").stopped, Stopped::output);
  EXPECT_EQ(run("yes").stopped, Stopped::output) << "it would go on for ever";
  EXPECT_EQ(result_->output.size(), 1000U);
  EXPECT_EQ(run("{ sleep 0.02; head -c 1001 /dev/zero; } & exit 0").stopped, Stopped::output)
      << "by a leftover";
}

TEST_F(ProgramRunTest, ATimeoutEndsTheGroup) {
  limits_.timeout = milliseconds(50);
  const ProgramResult& result = run("sleep 60 & sleep 60");
  EXPECT_EQ(result.stopped, Stopped::timeout);
  EXPECT_EQ(result.end.how.signal, SIGTERM);
  EXPECT_LT(result.ended - result.began, limits_.grace);
}

TEST_F(ProgramRunTest, WhoIgnoresSigtermIsKilled) {
  limits_.timeout = milliseconds(200);
  limits_.grace = milliseconds(50);
  EXPECT_EQ(run("trap '' TERM; while :; do sleep 60; done").end.how.signal, SIGKILL);
  EXPECT_EQ(result_->stopped, Stopped::timeout);
}

TEST_F(ProgramRunTest, WhoIsStoppedIsEndedToo) {
  limits_.timeout = milliseconds(100);
  EXPECT_EQ(run("kill -STOP $$").stopped, Stopped::timeout);
  EXPECT_EQ(result_->end.how.signal, SIGTERM);
}

TEST_F(ProgramRunTest, TimeToTidyUpIsGiven) {
  limits_.timeout = milliseconds(200);
  EXPECT_EQ(run("trap 'echo tidied; exit 9' TERM; while :; do sleep 0.01; done").output,
            "tidied\n");
  EXPECT_EQ(result_->end.how.status, 9);
  EXPECT_EQ(result_->stopped, Stopped::timeout);
}

TEST_F(ProgramRunTest, CancelledOnRequest) {
  begin("sleep 60");
  run_->stop(Stopped::cancelled, limits_.grace);
  EXPECT_EQ(wait().stopped, Stopped::cancelled);
}

// The program has ended; what it has left holds its output open.
TEST_F(ProgramRunTest, ALeftoverHangsNothingAndIsEnded) {
  const ProgramResult& result = run("echo $$; sleep 60 & exit 0");
  EXPECT_EQ(result.end.how.status, 0);
  EXPECT_LT(result.ended - result.began, kPatience);
  const pid_t group = std::stoi(result.output);
  int signalled = 0;
  for (int i = 0; i < 1000 && signalled == 0; ++i) {
    signalled = ::kill(-group, 0);
    if (signalled == 0) loop_->run_once(TimePoint::clock::now() + milliseconds(10));
  }
  EXPECT_EQ(signalled, -1) << "it lives on";
}

TEST_F(ProgramRunTest, WhatALeftoverWritesSoonIsKept) {
  EXPECT_EQ(run("{ sleep 0.02; echo late; } & exit 0").output, "late\n");
}

TEST_F(ProgramRunTest, ClosedStreamsAreNoEnd) {
  EXPECT_EQ(run("exec >&- 2>&-; sleep 0.05; exit 4").end.how.status, 4);
}

TEST_F(ProgramRunTest, DestroyedWhileItRuns) {
  begin("sleep 60");
  run_.reset();  // TearDown() looks for what is left.
}

TEST_F(ProgramRunTest, ManyAtOnce) {
  std::vector<std::unique_ptr<ProgramRun>> runs(50);
  std::size_t ended = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const ProgramCommand command{.path = "/bin/sh",
                                 .arguments = {"sh", "-c", "printf %s " + std::to_string(i)}};
    auto started = ProgramRun::start(site(), command, limits_, [&, i](ProgramResult result) {
      EXPECT_EQ(result.output, std::to_string(i));
      ++ended;
    });
    runs[i] = std::move(std::get<0>(started));
  }
  const TimePoint give_up = TimePoint::clock::now() + kPatience;
  while (ended < runs.size() && TimePoint::clock::now() < give_up) loop_->run_once(give_up);
  EXPECT_EQ(ended, runs.size());
}

TEST_F(ProgramRunTest, FailuresToStartLeaveNothing) {
  const auto failed = ProgramRun::start(site(), {.path = "/no/such/program", .arguments = {"x"}},
                                        limits_, [](const ProgramResult&) { FAIL(); });
  ASSERT_EQ(failed.index(), 1U);
  EXPECT_EQ(std::get<1>(failed).error_number, ENOENT);
}

}  // namespace
}  // namespace penstock::os
