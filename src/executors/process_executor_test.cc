// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/executors.h>

#include "executors/process_drive.h"

namespace penstock::executors {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBatch = 1'024;

StepSet batchable() { return {std::make_shared<VerbStep>(kBatch)}; }

TEST(ProcessExecutor, AnswersComeBackFromOtherProcesses) {
  ProcessDrive drive({.workers = 2, .concurrency = 4, .files_folder = "/files"});
  EXPECT_EQ(drive.run("noop"), "all well");
  EXPECT_EQ(drive.run("echo x"), "done x");
  EXPECT_EQ(drive.run("folder"), "done /files");
  EXPECT_NE(drive.run("pid"), "done " + std::to_string(::getpid()));
}

TEST(ProcessExecutor, CallsGoToTheLeastLoadedWorker) {
  ProcessDrive drive({.workers = 3, .concurrency = 2});
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(drive.give("hold"));
  for (const WorkerState& state : drive.executor().workers()) EXPECT_EQ(state.in_flight, 2U);
  EXPECT_EQ(drive.executor().room(), 0U);
  for (const auto id : ids) drive.executor().cancel(CallId{id}, CancelMode::gently);
  for (const auto id : ids) EXPECT_EQ(drive.result(id), "failed step.cancelled");
  EXPECT_EQ(drive.executor().room(), 6U);
}

TEST(ProcessExecutor, CallsOfOneWorkerWaitForItAndHoldUpNobody) {
  ProcessDrive drive({.workers = 2, .concurrency = 1});
  const auto own = [&drive](std::uint64_t id, std::uint32_t worker, const char* value) {
    Call call = call_of(id, value);
    call.worker = worker;
    drive.give(call);
  };
  own(1'000, 1, "hold");
  own(1'001, 1, "echo second");
  own(1'002, 0, "echo first");
  EXPECT_EQ(drive.result(1'002), "done first");
  EXPECT_FALSE(drive.results().contains(1'001));
  own(1'003, 2, "echo of a worker that there is not");  // Falls to worker 0.
  EXPECT_EQ(drive.result(1'003), "done of a worker that there is not");
  drive.executor().cancel(CallId{1'000}, CancelMode::gently);
  EXPECT_EQ(drive.result(1'001), "done second");
}

TEST(ProcessExecutor, RoomIsExactUnlessAllStepsAreBatchable) {
  EXPECT_EQ(ProcessDrive({.workers = 2, .concurrency = 3}).executor().room(), 6U);
  EXPECT_EQ(ProcessDrive({.workers = 2, .concurrency = 3}, batchable()).executor().room(), 10U);
  StepSet mixed = batchable();
  mixed.push_back(std::make_shared<VerbStep>());
  EXPECT_EQ(ProcessDrive({.workers = 2, .concurrency = 3}, mixed).executor().room(), 6U);
}

TEST(ProcessExecutor, ShortCallsWaitInWorkersAndSlowOnesDoNot) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .prefetch = Prefetch::short_calls});
  EXPECT_EQ(drive.executor().room(), 4U);
  std::vector<std::uint64_t> quick;
  ASSERT_TRUE(drive.run_until([&] {  // Until its pace is known.
    while (drive.executor().room() > 0) quick.push_back(drive.give("noop"));
    return drive.executor().room() + drive.executor().workers()[0].in_flight == 8;
  }));
  for (const auto id : quick) drive.result(id);
  EXPECT_EQ(drive.executor().room(), 8U) << "at most as many again as run";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(drive.run("sleep 60"), "done slept");
  EXPECT_EQ(drive.executor().room(), 4U);
}

TEST(ProcessExecutor, PrefetchedCallsDoNotRunBeyondTheConcurrency) {
  ProcessDrive drive({.workers = 1, .concurrency = 1}, batchable());
  const auto held = drive.give("hold");
  const auto next = drive.give("echo next");
  const auto after = drive.give("echo after");
  EXPECT_EQ(drive.executor().room(), 0U);
  drive.executor().cancel(CallId{after}, CancelMode::gently);
  EXPECT_EQ(drive.result(after), "failed cancelled");
  EXPECT_FALSE(drive.results().contains(next));
  drive.executor().cancel(CallId{held}, CancelMode::gently);
  EXPECT_EQ(drive.result(next), "done next");
}

TEST(ProcessExecutor, AnswersMayComeOutOfOrder) {
  ProcessDrive drive({.workers = 1, .concurrency = 3});
  const auto slow = drive.give("sleep 30");
  const auto fast = drive.give("echo fast");
  EXPECT_EQ(drive.result(fast), "done fast");
  EXPECT_FALSE(drive.results().contains(slow));
  EXPECT_EQ(drive.result(slow), "done slept");
}

TEST(ProcessExecutor, LargeValuesAndOutputsTravel) {
  ProcessDrive drive({.workers = 1, .concurrency = 64});
  const std::string large(3'000'000, 'v');
  EXPECT_EQ(drive.run("echo " + large), "done " + large);
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(drive.give("big 1048576"));
  for (const auto id : ids) EXPECT_EQ(drive.result(id), "done " + std::string(1'048'576, 'b'));
}

TEST(ProcessExecutor, NothingStartsBeforeItsInstant) {
  ProcessDrive drive({.workers = 1, .concurrency = 8});
  ASSERT_EQ(drive.run("noop"), "all well");
  for (std::uint64_t i = 0; i < 5; ++i) {
    Call call = call_of(1'000 + i, "now");
    call.not_before = TimePoint::clock::now() + milliseconds(3);
    const std::string seen = drive.result(drive.give(call));
    EXPECT_GE(std::stoll(seen.substr(5)), call.not_before.time_since_epoch().count());
  }
}

TEST(ProcessExecutor, CallsBeforeTheirInstantCanBeCancelled) {
  ProcessDrive drive({.workers = 1, .concurrency = 8});
  Call call = call_of(1'000, "segv");
  call.not_before = TimePoint::clock::now() + std::chrono::hours(1);
  drive.give(call);
  drive.executor().cancel(CallId{1'000}, CancelMode::now);
  EXPECT_EQ(drive.result(1'000), "failed cancelled");
}

TEST(ProcessExecutor, TellsWhenRequestsWereWrittenWhileTheirAnswersAreAwaited) {
  ProcessDrive drive({.workers = 1, .concurrency = 8});
  Call call = call_of(1'000, "send");
  call.tells_start = true;
  const TimePoint before = TimePoint::clock::now();
  drive.give(call);
  std::vector<StartedCall> started;
  ASSERT_TRUE(drive.run_until([&] {
    if (started.empty()) started = drive.executor().take_started();
    return !started.empty();
  }));
  EXPECT_EQ(started[0].id, call.id);
  EXPECT_GE(started[0].sent_at, before);
  EXPECT_FALSE(drive.results().contains(1'000));
}

TEST(ProcessExecutor, ComputeDoesNotStallTheLoop) {
  ProcessDrive drive({.workers = 1, .concurrency = 8, .hang_limit = std::chrono::hours(1)});
  const auto computing = drive.give("compute spin");
  EXPECT_EQ(drive.run("echo beside"), "done beside");
  EXPECT_EQ(drive.run("sleep 1"), "done slept");
  EXPECT_FALSE(drive.results().contains(computing));
  EXPECT_EQ(ProcessDrive({.workers = 1}).run("compute"), "done computed");
}

TEST(ProcessExecutor, ExceptionsCostTheirCallOnly) {
  ProcessDrive drive({.workers = 1, .concurrency = 8});
  const auto thrown = drive.give("throw");
  EXPECT_EQ(drive.result(thrown), "failed step.exception");
  EXPECT_EQ(drive.finished().at(thrown).verdicts[0].error.message, "run step: as told");
  EXPECT_EQ(drive.run("compute throw"), "failed step.exception");
  EXPECT_EQ(drive.worker().crashes, 0U);
}

TEST(ProcessExecutor, ASuspectRunsAlone) {
  ProcessDrive drive({.workers = 1, .concurrency = 4});
  const auto slow = drive.give("sleep 5");
  Call suspect = call_of(1'000, "hold");
  suspect.alone = true;
  drive.give(suspect);
  EXPECT_EQ(drive.executor().room(), 0U) << "the only worker is reserved";
  EXPECT_EQ(drive.worker().in_flight, 1U) << "the suspect waits until the worker is empty";
  const auto other = drive.give("echo after");
  EXPECT_EQ(drive.result(slow), "done slept");
  EXPECT_EQ(drive.worker().in_flight, 1U);
  EXPECT_FALSE(drive.results().contains(other)) << "nothing beside the suspect";
  drive.executor().cancel(CallId{1'000}, CancelMode::gently);
  EXPECT_EQ(drive.result(1'000), "failed step.cancelled");
  EXPECT_EQ(drive.result(other), "done after");
  EXPECT_EQ(drive.executor().room(), 4U);
}

TEST(ProcessExecutor, SuspectsLeaveHalfOfTheWorkersToTheOthers) {
  ProcessDrive drive({.workers = 4, .concurrency = 2});
  std::vector<std::uint64_t> suspects;
  for (std::uint64_t i = 0; i < 4; ++i) {
    Call suspect = call_of(1'000 + i, "sleep 1");
    suspect.alone = true;
    suspects.push_back(drive.give(suspect));
  }
  EXPECT_EQ(drive.executor().room(), 2U) << "two places of two workers, less two that wait";
  EXPECT_EQ(drive.run("echo beside"), "done beside");
  for (const auto id : suspects) EXPECT_EQ(drive.result(id), "done slept");
  EXPECT_EQ(drive.executor().room(), 8U);
}

}  // namespace
}  // namespace penstock::executors
