// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Crashes, hangs, kills, and the engine's own end: worker_ends.cc.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <random>

#include "executors/process_drive.h"
#include "os/child.h"

namespace penstock::executors {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortHang{400};

TEST(WorkerEnds, ACrashBlamesTheCallWhoseCodeRan) {
  ProcessDrive drive({.workers = 1, .concurrency = 4});
  const auto bystander = drive.give("hold");
  const auto guilty = drive.give("segv");
  EXPECT_EQ(drive.result(guilty), "failed crash.SIGSEGV");
  EXPECT_EQ(drive.result(bystander), "returned");
  EXPECT_EQ(drive.run("abort"), "failed crash.SIGABRT");
  EXPECT_EQ(drive.run("exit"), "failed crash.exit");
  EXPECT_EQ(drive.run("compute segv"), "failed crash.SIGSEGV");
  EXPECT_EQ(drive.run("echo alive"), "done alive");
  EXPECT_EQ(drive.worker().crashes, 4U);
  const Error& error = drive.finished().at(guilty).verdicts[0].error;
  EXPECT_EQ(error.code, Errc::crashed);
  EXPECT_NE(error.message.find("was killed by SIGSEGV"), std::string::npos) << error.message;
}

TEST(WorkerEnds, ACrashOutsideOfAnyCallBlamesNobodyUnlessItWasAlone) {
  ProcessDrive drive({.workers = 1, .concurrency = 4});
  const auto bystander = drive.give("hold");
  const auto cause = drive.give("later segv");
  EXPECT_EQ(drive.result(cause), "returned crash.unmarked");
  EXPECT_EQ(drive.result(bystander), "returned crash.unmarked");
  Call suspect = call_of(1'000, "later segv");
  suspect.alone = true;
  EXPECT_EQ(drive.result(drive.give(suspect)), "failed crash.SIGSEGV");
}

TEST(WorkerEnds, AnswersHandedOverBeforeTheDeathCount) {
  ProcessDrive drive({.workers = 1, .concurrency = 64});
  for (int round = 0; round < 20; ++round) {
    ASSERT_EQ(drive.run("noop"), "all well");
    std::vector<std::uint64_t> answered;
    for (int i = 0; i < 8; ++i) answered.push_back(drive.give("big 200000"));
    ASSERT_TRUE(drive.run_until([&] { return drive.results().contains(answered.back()); }));
    const auto killed = drive.give("kill");
    EXPECT_EQ(drive.result(killed), "failed crash.SIGKILL");
    for (const auto id : answered) EXPECT_EQ(drive.result(id).size(), 200'005U);
  }
}

TEST(WorkerEnds, AHungLoopIsFoundAndItsCallTimesOut) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = kShortHang});
  const auto bystander = drive.give("hold");
  const auto guilty = drive.give("spin");
  EXPECT_EQ(drive.result(guilty), "failed worker.hang");
  EXPECT_EQ(drive.finished().at(guilty).verdicts[0].error.code, Errc::timeout);
  EXPECT_EQ(drive.result(bystander), "returned");
  EXPECT_EQ(drive.run("echo alive"), "done alive");
}

TEST(WorkerEnds, AHungComputationIsFoundToo) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = kShortHang});
  const auto bystander = drive.give("hold");
  EXPECT_EQ(drive.run("compute spin"), "failed worker.hang");
  EXPECT_EQ(drive.result(bystander), "returned");
}

TEST(WorkerEnds, AStoppedWorkerIsReplaced) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = kShortHang});
  ASSERT_EQ(drive.run("noop"), "all well");
  const auto held = drive.give("hold");
  drive.signal_worker(0, SIGSTOP);
  EXPECT_EQ(drive.result(held), "returned crash.unmarked");
  EXPECT_EQ(drive.run("echo alive"), "done alive");
}

TEST(WorkerEnds, WaitingForALongTimeIsNoHang) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = milliseconds(100)});
  EXPECT_EQ(drive.run("sleep 400"), "done slept");
  EXPECT_EQ(drive.worker().crashes, 0U);
}

// Promise: whatever kills workers whenever, every call comes back exactly once (Drive checks that).
TEST(WorkerEnds, KilledAtRandomUnderLoadEveryCallComesBackOnce) {
  ProcessDrive drive({.workers = 3, .concurrency = 50});
  std::minstd_rand random(20'231);
  std::size_t given = 0;
  std::size_t kill_at = 0;
  const std::vector<std::string> verbs{"noop", "echo x", "sleep 1", "big 150000", "compute"};
  while (given < 20'000) {
    ASSERT_TRUE(drive.run_until([&] { return drive.executor().room() > 0; }));
    while (drive.executor().room() > 0) drive.give(verbs[given++ % verbs.size()]);
    if (drive.results().size() < kill_at) continue;
    kill_at = drive.results().size() + random() % 600;
    const auto workers = drive.executor().workers();
    const auto pid = static_cast<pid_t>(workers[random() % workers.size()].pid);
    if (pid > 0) ::kill(pid, SIGKILL);
  }
  ASSERT_TRUE(drive.run_until([&] { return drive.results().size() == given; }));
  std::uint64_t crashes = 0;
  for (const WorkerState& state : drive.executor().workers()) crashes += state.crashes;
  EXPECT_GT(crashes, 10U);
  EXPECT_TRUE(drive.executor().health());
}

TEST(WorkerEnds, EndsAllWorkersAndLeavesNoZombie) {
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

TEST(WorkerEnds, MayEndBeforeItsWorkersAreBorn) {
  for (int i = 0; i < 20; ++i) ProcessDrive({.workers = 3});
}

TEST(WorkerEnds, AKilledEngineTakesItsWorkersAlong) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const auto engine = os::fork_child();
  if (*engine == 0) {
    ProcessDrive drive({.workers = 3, .concurrency = 2, .hang_limit = std::chrono::hours(1)});
    (void)drive.wait_for_workers();
    for (int i = 0; i < 3; ++i) drive.give("spin");
    std::array<pid_t, 3> pids{};
    for (std::size_t i = 0; i < pids.size(); ++i) {
      pids[i] = static_cast<pid_t>(drive.worker(i).pid);
    }
    (void)!::write(ends[1], pids.data(), sizeof pids);
    for (;;) ::pause();
  }
  std::array<pid_t, 3> pids{};
  ASSERT_EQ(::read(ends[0], pids.data(), sizeof pids), static_cast<ssize_t>(sizeof pids));
  std::vector<os::Fd> workers;
  for (const pid_t pid : pids) workers.push_back(std::move(*os::open_process(pid)));
  ASSERT_EQ(::kill(*engine, SIGKILL), 0);
  for (const os::Fd& worker : workers) EXPECT_TRUE(os::wait_for_end(worker, 2'000));
  // Orphans come to us, the zygote among them; afterwards there is no child left.
  int status = 0;
  while (::waitpid(-1, &status, 0) > 0) continue;
  EXPECT_EQ(errno, ECHILD);
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace penstock::executors
