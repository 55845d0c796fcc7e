// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/executors.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "executors/process_drive.h"
#include "os/child.h"

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

TEST(ProcessExecutor, RoomIsExactUnlessAllStepsAreBatchable) {
  EXPECT_EQ(ProcessDrive({.workers = 2, .concurrency = 3}).executor().room(), 6U);
  EXPECT_EQ(ProcessDrive({.workers = 2, .concurrency = 3}, batchable()).executor().room(), 10U);
  StepSet mixed = batchable();
  mixed.push_back(std::make_shared<VerbStep>());
  EXPECT_EQ(ProcessDrive({.workers = 2, .concurrency = 3}, mixed).executor().room(), 6U);
}

TEST(ProcessExecutor, PrefetchedCallsDoNotRunBeyondTheConcurrency) {
  ProcessDrive drive({.workers = 1, .concurrency = 1}, batchable());
  const auto held = drive.give("hold");
  const auto next = drive.give("echo next");
  const auto after = drive.give("echo after");
  EXPECT_EQ(drive.executor().room(), 0U);
  drive.executor().cancel(CallId{after}, CancelMode::gently);
  EXPECT_EQ(drive.result(after), "failed call.cancelled");
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
  EXPECT_EQ(drive.result(1'000), "failed call.cancelled");
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

TEST(ProcessExecutor, RecyclesByCountWithoutLosingACall) {
  ProcessDrive drive({.workers = 2, .concurrency = 4, .recycle_calls = 5});
  std::set<std::string> pids;
  while (pids.size() < 6) {
    ASSERT_TRUE(drive.run_until([&] { return drive.executor().room() > 0; }));
    std::vector<std::uint64_t> ids;
    while (drive.executor().room() > 0) ids.push_back(drive.give("pid"));
    for (const auto id : ids) pids.insert(drive.result(id));
  }
  EXPECT_FALSE(pids.contains("lost") || pids.contains("returned"));
  for (const WorkerState& state : drive.executor().workers()) EXPECT_EQ(state.crashes, 0U);
}

TEST(ProcessExecutor, RecyclesByMemory) {
  ProcessDrive drive({.workers = 1, .concurrency = 1, .recycle_rss_bytes = 1});
  const std::string first = drive.run("pid");
  std::string later = first;
  ASSERT_TRUE(drive.run_until([&] {
    if (drive.executor().room() > 0) later = drive.run("pid");
    return later != first;
  }));
  EXPECT_EQ(drive.worker().crashes, 0U);
}

TEST(ProcessExecutor, ResizesALivingRun) {
  ProcessDrive drive({.workers = 1, .concurrency = 2});
  const auto held = drive.give("hold");
  drive.executor().resize(3, 5);
  EXPECT_EQ(drive.executor().room(), 14U);
  EXPECT_EQ(drive.run("echo x"), "done x");
  drive.executor().resize(1, 1);
  EXPECT_EQ(drive.executor().room(), 0U) << "the held call fills it";
  EXPECT_TRUE(drive.run_until([&] { return drive.executor().workers().size() == 1; }));
  drive.executor().cancel(CallId{held}, CancelMode::gently);
  EXPECT_EQ(drive.result(held), "failed step.cancelled");
  EXPECT_EQ(drive.executor().room(), 1U);
}

TEST(ProcessExecutor, OutOfDescriptorsLowersTheConcurrencyAndLosesNothing) {
  ProcessDrive drive({.workers = 1, .concurrency = 8});
  for (int i = 0; i < 7; ++i) drive.give("hold");
  const auto innocent = drive.give("emfile");
  EXPECT_EQ(drive.result(innocent), "returned");
  EXPECT_EQ(drive.executor().take_warnings(),
            (std::vector<std::string>{"worker 0: at most 6 calls at once: too many open files"}));
  EXPECT_EQ(drive.executor().room(), 0U);
  ProcessDrive single({.workers = 1, .concurrency = 1});
  EXPECT_EQ(single.run("emfile"), "failed system.EMFILE") << "nothing is left to lower";
}

TEST(ProcessExecutor, WorkersInheritNoDescriptorAndHearNoSignals) {
  ProcessDrive drive({.workers = 2, .concurrency = 1});
  for (const std::size_t worker : {0U, 1U}) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) drive.signal_worker(worker, signal);
  }
  std::string fds = drive.run("fds");
  EXPECT_NE(fds.find("0=/dev/null"), std::string::npos) << fds;
  EXPECT_NE(fds.find("1=/dev/null"), std::string::npos) << fds;
  // Standard ones, the engine's socket, epoll, its bell, and the folder that is just being listed.
  EXPECT_LE(std::count(fds.begin(), fds.end(), '\n'), 7) << fds;
  std::size_t sockets = 0;
  for (auto at = fds.find("socket:"); at != std::string::npos; at = fds.find("socket:", at + 1)) {
    ++sockets;
  }
  EXPECT_EQ(sockets, 1U) << fds;
  for (const WorkerState& state : drive.executor().workers()) EXPECT_EQ(state.crashes, 0U);
}

TEST(ProcessExecutor, EndsAllWorkersAndLeavesNoZombie) {
  std::vector<os::Fd> processes;
  {
    ProcessDrive drive({.workers = 3, .concurrency = 2, .hang_limit = std::chrono::hours(1)});
    ASSERT_TRUE(drive.wait_for_workers());
    drive.give("spin");  // Does not hear that it shall stop.
    drive.give("compute spin");
    for (const WorkerState& state : drive.executor().workers()) {
      processes.push_back(std::move(*os::open_process(static_cast<pid_t>(state.pid))));
    }
    drive.signal_worker(2, SIGSTOP);
  }
  for (const os::Fd& process : processes) {
    EXPECT_TRUE(os::wait_for_end(process, 0));
    EXPECT_FALSE(os::reap(process)->known) << "reaped already";
  }
}

TEST(ProcessExecutor, MayEndBeforeItsWorkersAreBorn) {
  for (int i = 0; i < 20; ++i) ProcessDrive({.workers = 3});
}

}  // namespace
}  // namespace penstock::executors
