// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Ends of workers: crashes, hangs, failed starts, and the engine's own death.
#include "executors/worker_pool.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <random>

#include "executors/process_drive.h"
#include "os/child.h"

namespace penstock::executors {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortHang{400};

TEST(WorkerPool, ACrashBlamesTheCallWhoseCodeRan) {
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

TEST(WorkerPool, ACrashOutsideOfAnyCallBlamesNobodyUnlessItWasAlone) {
  ProcessDrive drive({.workers = 1, .concurrency = 4});
  const auto bystander = drive.give("hold");
  const auto cause = drive.give("later segv");
  EXPECT_EQ(drive.result(cause), "returned crash.unmarked");
  EXPECT_EQ(drive.result(bystander), "returned crash.unmarked");
  Call suspect = call_of(1'000, "later segv");
  suspect.alone = true;
  EXPECT_EQ(drive.result(drive.give(suspect)), "failed crash.SIGSEGV");
}

TEST(WorkerPool, AnswersHandedOverBeforeTheDeathCount) {
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

TEST(WorkerPool, AHungLoopIsFoundAndItsCallTimesOut) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = kShortHang});
  const auto bystander = drive.give("hold");
  const auto guilty = drive.give("spin");
  EXPECT_EQ(drive.result(guilty), "failed worker.hang");
  EXPECT_EQ(drive.finished().at(guilty).verdicts[0].error.code, Errc::timeout);
  EXPECT_EQ(drive.result(bystander), "returned");
  EXPECT_EQ(drive.run("echo alive"), "done alive");
}

TEST(WorkerPool, AHungComputationIsFoundToo) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = kShortHang});
  const auto bystander = drive.give("hold");
  EXPECT_EQ(drive.run("compute spin"), "failed worker.hang");
  EXPECT_EQ(drive.result(bystander), "returned");
}

TEST(WorkerPool, AStoppedWorkerIsReplaced) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = kShortHang});
  ASSERT_EQ(drive.run("noop"), "all well");
  const auto held = drive.give("hold");
  drive.signal_worker(0, SIGSTOP);
  EXPECT_EQ(drive.result(held), "returned crash.unmarked");
  EXPECT_EQ(drive.run("echo alive"), "done alive");
}

TEST(WorkerPool, WaitingForALongTimeIsNoHang) {
  ProcessDrive drive({.workers = 1, .concurrency = 4, .hang_limit = milliseconds(100)});
  EXPECT_EQ(drive.run("sleep 400"), "done slept");
  EXPECT_EQ(drive.worker().crashes, 0U);
}

// Promise: whatever kills workers whenever, every call comes back exactly once (Drive checks that).
TEST(WorkerPool, KilledAtRandomUnderLoadEveryCallComesBackOnce) {
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

TEST(WorkerPool, WorkersThatDieWhileStartingEndInAnError) {
  const auto dies = std::make_shared<VerbStep>(1, [] { die("segv"); });
  ProcessDrive drive({.workers = 2, .concurrency = 1, .start_failures = 3}, {dies});
  const auto call = drive.give("noop");
  EXPECT_EQ(drive.result(call), "returned");
  ASSERT_TRUE(drive.run_until([&] { return !drive.executor().health(); }));
  const Error error = drive.executor().health().error();
  EXPECT_EQ(error.kind, "worker.start");
  EXPECT_EQ(error.code, Errc::system);
  EXPECT_NE(error.message.find("SIGSEGV"), std::string::npos) << error.message;
  EXPECT_EQ(drive.executor().room(), 0U);
  EXPECT_EQ(drive.run("noop"), "returned") << "calls come back even now";
}

TEST(WorkerPool, StepsThatCannotBeMadeEndInAnErrorToo) {
  const auto throws = std::make_shared<VerbStep>(1, [] { throw std::runtime_error("no"); });
  ProcessDrive drive({.workers = 1, .start_failures = 2}, {throws});
  ASSERT_TRUE(drive.run_until([&] { return !drive.executor().health(); }));
  EXPECT_NE(drive.executor().health().error().message.find("status 70"), std::string::npos);
}

TEST(WorkerPool, ADeadZygoteEndsTheRunWhenAWorkerIsNeeded) {
  ProcessDrive drive({.workers = 1, .concurrency = 2});
  ASSERT_EQ(drive.run("noop"), "all well");
  ASSERT_TRUE(drive.wait_for_workers());
  const auto held = drive.give("hold");
  std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  for (pid_t child = 0; children >> child;) {
    if (child != drive.worker().pid) {
      ASSERT_EQ(::kill(child, SIGKILL), 0);
    }
  }
  ASSERT_TRUE(drive.run_until([&] { return !drive.executor().health(); }));
  EXPECT_EQ(drive.executor().health().error().kind, "zygote.gone");
  drive.executor().cancel(CallId{held}, CancelMode::gently);
  EXPECT_EQ(drive.result(held), "failed step.cancelled") << "living workers go on";
}

TEST(WorkerPool, OutOfDescriptorsMeansFewerWorkers) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 24;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  {
    ProcessDrive drive({.workers = 40, .concurrency = 1});
    EXPECT_EQ(drive.run("echo x"), "done x");
    const auto warnings = drive.executor().take_warnings();
    ASSERT_FALSE(warnings.empty());
    EXPECT_NE(warnings[0].find("Too many open files"), std::string::npos) << warnings[0];
    EXPECT_LT(drive.executor().workers().size(), 40U);
    EXPECT_TRUE(drive.executor().health());
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

// From here on, clone3 fails as it does at a process limit (which would not bind root). Only the
// zygote's forks use it.
void refuse_clone3() {
  std::array<sock_filter, 4> filter{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  sock_fprog program{.len = filter.size(), .filter = filter.data()};
  (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  (void)::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

TEST(WorkerPool, RefusedForksAreTriedAgainAndThenEndInAnError) {
  const auto child = os::fork_child();
  if (*child == 0) {
    refuse_clone3();
    int status = 1;
    {
      ProcessDrive drive({.workers = 2, .start_failures = 4});
      const auto call = drive.give("noop");
      const bool failed = drive.run_until([&] { return !drive.executor().health(); });
      const std::string reason = failed ? drive.executor().health().error().message : "";
      const auto warnings = drive.executor().take_warnings();
      const bool told = reason.find("Resource temporarily unavailable") != std::string::npos &&
                        reason.find("4 in a row") != std::string::npos && warnings.size() == 1;
      status = told && drive.result(call) == "returned" ? 0 : 1;
    }
    ::_exit(status);
  }
  const auto process = os::open_process(*child);
  ASSERT_TRUE(os::wait_for_end(*process, 60'000));
  EXPECT_EQ(os::reap(*process)->status, 0);
}

TEST(WorkerPool, AKilledEngineTakesItsWorkersAlong) {
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
