// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>

namespace penstock::os {
namespace {

constexpr int kPatienceMs = 10'000;

Fd run_child(const std::function<void()>& body) {
  const auto pid = fork_child();
  if (pid && *pid == 0) {
    body();
    ::_exit(0);
  }
  return std::move(*open_process(*pid));
}

ChildEnd end_of(const Fd& child) {
  EXPECT_TRUE(wait_for_end(child, kPatienceMs));
  return reap(child).value_or(ChildEnd{.status = -1});
}

TEST(Child, TellsHowItEnded) {
  EXPECT_EQ(end_of(run_child([] { ::_exit(7); })).status, 7);
  EXPECT_EQ(end_of(run_child([] {
              ::signal(SIGSEGV, SIG_DFL);
              ::raise(SIGSEGV);
            })).signal,
            SIGSEGV);
  EXPECT_EQ(signal_name(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_name(12345), "signal 12345");
}

TEST(Child, ALivingOneIsNotReaped) {
  const Fd child = run_child([] {
    for (;;) ::pause();
  });
  EXPECT_FALSE(reap(child));
  EXPECT_FALSE(wait_for_end(child, 0));
  ASSERT_TRUE(send_signal(child, SIGKILL));
  EXPECT_EQ(end_of(child).signal, SIGKILL);
  EXPECT_TRUE(send_signal(child, SIGKILL)) << "an ended process is fine";
}

TEST(Child, CanBeEndedByNumberWhenDescriptorsAreOut) {
  const auto pid = fork_child();
  if (*pid == 0) {
    for (;;) ::pause();
  }
  end_child(*pid);
  EXPECT_FALSE(open_process(*pid)) << "reaped";
}

TEST(Child, ReapedByOthersIsUnknown) {
  const auto before = ::signal(SIGCHLD, SIG_IGN);
  // It must live until there is a descriptor for it.
  const Fd child = run_child([] {
    for (;;) ::pause();
  });
  ASSERT_TRUE(send_signal(child, SIGKILL));
  ASSERT_TRUE(wait_for_end(child, kPatienceMs));
  const auto end = reap(child);
  ::signal(SIGCHLD, before);
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->known);
}

// The child makes a sibling: we, not the child, are the one who can wait for it.
TEST(Child, ASiblingIsOurs) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t self = ::getpid();
  const Fd child = run_child([&] {
    const auto pid = fork_sibling();
    if (pid && *pid == 0) ::_exit(::getppid() == self && ::getpid() == ::gettid() ? 42 : 1);
    (void)!::write(ends[1], &*pid, sizeof *pid);
  });
  pid_t sibling = 0;
  ASSERT_EQ(::read(ends[0], &sibling, sizeof sibling), static_cast<ssize_t>(sizeof sibling));
  EXPECT_EQ(end_of(child).status, 0);
  const auto process = open_process(sibling);
  ASSERT_TRUE(process);
  EXPECT_EQ(end_of(*process).status, 42);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Child, DiesWithItsParent) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const Fd parent = run_child([&] {
    const pid_t self = ::getpid();
    const auto pid = fork_child();
    if (*pid == 0) {
      const char alive = die_with(self) ? 'y' : 'n';
      (void)!::write(ends[1], &alive, 1);
      for (;;) ::pause();
    }
    for (;;) ::pause();
  });
  ::close(ends[1]);
  char alive = 0;
  ASSERT_EQ(::read(ends[0], &alive, 1), 1);
  EXPECT_EQ(alive, 'y');
  ASSERT_TRUE(send_signal(parent, SIGKILL));
  EXPECT_EQ(end_of(parent).signal, SIGKILL);
  // The grandchild holds the only other end of the pipe: its death is the end of the file.
  EXPECT_EQ(::read(ends[0], &alive, 1), 0);
  ::close(ends[0]);
}

TEST(Child, AParentThatEndedBeforeIsNoticed) { EXPECT_FALSE(die_with(::getpid())); }

TEST(Child, ClosesAllButWhatIsKept) {
  const Fd child = run_child([] {
    const int kept = ::fcntl(STDERR_FILENO, F_DUPFD, 100);
    const int closed = ::fcntl(STDERR_FILENO, F_DUPFD, 50);
    const int above = ::fcntl(STDERR_FILENO, F_DUPFD, 200);
    const std::array<int, 1> keep{kept};
    close_all_but(keep);
    const auto open = [](int fd) { return ::fcntl(fd, F_GETFD) >= 0; };
    ::_exit(open(kept) && open(0) && open(2) && !open(closed) && !open(above) ? 0 : 1);
  });
  EXPECT_EQ(end_of(child).status, 0);
}

TEST(Child, WritesNoCoreAndHasANewName) {
  const Fd child = run_child([] {
    forbid_core_dumps();
    set_process_name("penstock-w7");
    std::array<char, 16> name{};
    const Fd comm(::open("/proc/self/comm", O_RDONLY));
    (void)!::read(comm.get(), name.data(), name.size());
    if (std::string(name.data()).substr(0, 11) != "penstock-w7") ::_exit(1);
    ::signal(SIGABRT, SIG_DFL);
    ::raise(SIGABRT);
  });
  ASSERT_TRUE(wait_for_end(child, kPatienceMs));
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PIDFD, static_cast<id_t>(child.get()), &info, WEXITED), 0);
  EXPECT_EQ(info.si_code, CLD_KILLED) << "not CLD_DUMPED";
}

TEST(Child, GoesFirstWhenMemoryRunsOut) {
  const Fd child = run_child([] {
    volunteer_for_oom_kill();
    std::array<char, 8> text{};
    const Fd score(::open("/proc/self/oom_score_adj", O_RDONLY));
    (void)!::read(score.get(), text.data(), text.size() - 1);
    ::_exit(std::string(text.data()) == "300\n" ? 0 : 1);
  });
  EXPECT_EQ(end_of(child).status, 0);
}

TEST(Child, StandardDescriptorsGoToNull) {
  const Fd child = run_child([] {
    if (!redirect_to_null(0)) ::_exit(1);
    char byte = 0;
    ::_exit(::read(0, &byte, 1) == 0 ? 0 : 2);
  });
  EXPECT_EQ(end_of(child).status, 0);
}

}  // namespace
}  // namespace penstock::os
