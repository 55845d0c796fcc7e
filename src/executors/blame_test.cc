// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/blame.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "executors/test_steps.h"

namespace penstock::executors {
namespace {

WorkerEnd killed_by(int signal) {
  return {
      .worker = 3, .pid = 4711, .how = {.signal = signal}, .hang_limit = std::chrono::seconds(2)};
}

const OpenCall kOne{.id = CallId{1}, .items = 1};
const OpenCall kTwo{.id = CallId{2}, .items = 3};
const OpenCall kAlone{.id = CallId{4}, .items = 1, .alone = true};

std::string check(const WorkerEnd& end, const std::vector<OpenCall>& open) {
  std::string text;
  for (const FinishedCall& call : blame(end, open)) {
    text += std::to_string(static_cast<std::uint64_t>(call.id)) + " " + shown(call) + "; ";
  }
  return text;
}

TEST(Blame, TheMarkedCallFailsAndTheOthersComeBack) {
  WorkerEnd end = killed_by(SIGSEGV);
  end.loop_call = CallId{1};
  EXPECT_EQ(check(end, {kOne, kTwo}), "1 failed crash.SIGSEGV; 2 returned; ");
}

TEST(Blame, BothThreadsMayBeGuiltyOfACrash) {
  WorkerEnd end = killed_by(SIGABRT);
  end.loop_call = CallId{1};
  end.compute_call = CallId{2};
  EXPECT_EQ(check(end, {kOne, kTwo}), "1 failed crash.SIGABRT; 2 failed crash.SIGABRT; ");
}

TEST(Blame, OnlyTheThreadThatHungIsGuiltyOfTheHang) {
  WorkerEnd end = killed_by(SIGKILL);
  end.loop_call = CallId{1};
  end.compute_call = CallId{2};
  end.hung = Hung::loop;
  EXPECT_EQ(check(end, {kOne, kTwo}), "1 failed worker.hang; 2 returned; ");
  end.hung = Hung::compute;
  EXPECT_EQ(check(end, {kOne, kTwo}), "1 returned; 2 failed worker.hang; ");
}

TEST(Blame, WithoutAMarkNobodyIsGuiltyAndTheCallsSayWhy) {
  EXPECT_EQ(check(killed_by(SIGKILL), {kOne, kTwo}),
            "1 returned crash.unmarked; 2 returned crash.unmarked; ");
}

TEST(Blame, WithoutAMarkACallThatWasAloneIsGuilty) {
  EXPECT_EQ(check(killed_by(SIGKILL), {kAlone}), "4 failed crash.SIGKILL; ");
}

TEST(Blame, AMarkOfAFinishedCallBlamesNoOther) {
  WorkerEnd end = killed_by(SIGSEGV);
  end.loop_call = CallId{99};
  EXPECT_EQ(check(end, {kOne}), "1 returned crash.unmarked; ");
}

TEST(Blame, EveryItemOfACallGetsTheVerdictAndTheReason) {
  WorkerEnd end = killed_by(SIGSEGV);
  end.loop_call = CallId{2};
  const auto finished = blame(end, {kTwo});
  ASSERT_EQ(finished.front().verdicts.size(), 3U);
  for (const ItemVerdict& verdict : finished.front().verdicts) {
    EXPECT_EQ(verdict.error.code, Errc::crashed);
    EXPECT_EQ(verdict.error.message,
              "run step: worker 3 (process 4711) was killed by SIGSEGV in this call");
    EXPECT_EQ(verdict.error.sent, Sent::maybe);
  }
}

TEST(Blame, EndsAreDescribed) {
  WorkerEnd end = killed_by(0);
  EXPECT_EQ(describe(end), "worker 3 (process 4711) exited with status 0");
  end.how.known = false;
  EXPECT_EQ(describe(end), "worker 3 (process 4711) ended, nobody knows how");
  end.hung = Hung::loop;
  EXPECT_EQ(describe(end), "worker 3 (process 4711) did not come back within 2 s");
  end.loop_call = CallId{1};
  EXPECT_EQ(blame(end, {kOne}).front().verdicts.front().error.code, Errc::timeout);
}

}  // namespace
}  // namespace penstock::executors
