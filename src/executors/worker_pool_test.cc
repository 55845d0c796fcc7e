// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/worker_pool.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <set>
#include <stdexcept>

#include "executors/process_drive.h"
#include "os/child.h"

namespace penstock::executors {
namespace {

TEST(WorkerPool, RecyclesByCountWithoutLosingACall) {
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

TEST(WorkerPool, RecyclesByMemory) {
  ProcessDrive drive({.workers = 1, .concurrency = 1, .recycle_rss_bytes = 1});
  const std::string first = drive.run("pid");
  std::string later = first;
  ASSERT_TRUE(drive.run_until([&] {
    if (drive.executor().room() > 0) later = drive.run("pid");
    return later != first;
  }));
  EXPECT_EQ(drive.worker().crashes, 0U);
}

TEST(WorkerPool, ResizesALivingRun) {
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

TEST(WorkerPool, AtTheEndAllWorkersGoAndNoneComes) {
  ProcessDrive drive({.workers = 3, .concurrency = 2});
  EXPECT_EQ(drive.run("echo x"), "done x");
  drive.executor().end();
  EXPECT_EQ(drive.executor().room(), 0U);
  EXPECT_TRUE(drive.run_until([&] { return drive.executor().workers().empty(); }));
  EXPECT_TRUE(drive.executor().health());
}

TEST(WorkerPool, OutOfDescriptorsLowersTheConcurrencyAndLosesNothing) {
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
    const Status health = drive.executor().health();
    EXPECT_TRUE(health) << health.error().message;
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(WorkerPool, GiveBacksAreBounded) {
  ProcessDrive drive({.workers = 1, .concurrency = 4});
  ASSERT_TRUE(drive.wait_for_workers());
  // Something that lasts, so that there is always another call to blame.
  for (int i = 0; i < 2; ++i) drive.give("hold");
  int returned = 0;
  while (returned < 1000 && drive.run("emfile") == "returned") ++returned;
  EXPECT_GE(returned, 50);
  EXPECT_LT(returned, 1000) << "handed back for ever";
}

TEST(WorkerPool, FewerCallsAtOnceAreNotForEver) {
  ProcessDrive drive({.workers = 1, .concurrency = 8});
  ASSERT_TRUE(drive.wait_for_workers());
  std::vector<std::uint64_t> calls;
  for (int i = 0; i < 6; ++i) calls.push_back(drive.give("sleep 1"));
  ASSERT_EQ(drive.run("emfile"), "returned");
  for (const std::uint64_t call : calls) EXPECT_EQ(drive.result(call), "done slept");
  const std::size_t lowered = drive.executor().room();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(drive.run("echo x"), "done x");
  EXPECT_GT(drive.executor().room(), lowered);
  EXPECT_EQ(drive.executor().take_warnings().size(), 1U);
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

}  // namespace
}  // namespace penstock::executors
