// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/group_guard.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "os/child.h"

namespace penstock::os {
namespace {

constexpr int kPatienceMs = 10'000;

/// A process in a group of its own that never ends by itself. As after an exec, it has no
/// descriptor of its parent but one.
pid_t sleeper(int kept = STDERR_FILENO) {
  const auto pid = fork_child();
  if (*pid == 0) {
    ::setpgid(0, 0);
    const std::array<int, 1> all{kept};
    close_all_but(all);
    for (;;) ::pause();
  }
  ::setpgid(*pid, *pid);  // Whoever comes first.
  return *pid;
}

/// What killed the child by now; 0 if it lives on.
int signal_of(pid_t child) {
  const auto process = open_process(child);
  EXPECT_TRUE(process);
  const auto end = wait_for_end(*process, kPatienceMs) ? reap(*process) : std::nullopt;
  if (!end) end_child(child);
  return end ? end->signal : 0;
}

TEST(GroupGuard, EndsWhatIsNotedAndNothingElse) {
  const pid_t noted = sleeper();
  const pid_t released = sleeper();
  {
    auto guard = GroupGuard::start();
    ASSERT_TRUE(guard);
    GroupGuard::Slot* kept = (*guard)->take();
    GroupGuard::Slot* given_back = (*guard)->take();
    ASSERT_NE(kept, given_back);
    kept->store(noted);
    given_back->store(released);
    (*guard)->release(given_back);
    EXPECT_EQ((*guard)->take(), given_back) << "places are used again";
  }
  EXPECT_EQ(signal_of(noted), SIGKILL);
  EXPECT_EQ(::kill(released, 0), 0);
  end_child(released);
}

TEST(GroupGuard, WorksAfterKillNine) {
  std::array<int, 2> life{};
  ASSERT_EQ(::pipe(life.data()), 0);
  const auto worker = fork_child();
  if (*worker == 0) {
    auto guard = GroupGuard::start();
    (*guard)->take()->store(sleeper(life[1]));
    (void)!::write(life[1], "x", 1);
    for (;;) ::pause();
  }
  ::close(life[1]);
  char byte = 0;
  ASSERT_EQ(::read(life[0], &byte, 1), 1);
  end_child(*worker);
  pollfd ended{.fd = life[0], .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&ended, 1, kPatienceMs), 1) << "the guarded group lives on";
  EXPECT_EQ(::read(life[0], &byte, 1), 0) << "the guard itself holds no descriptor";
  ::close(life[0]);
}

TEST(GroupGuard, AFullTableSaysSo) {
  auto guard = GroupGuard::start();
  ASSERT_TRUE(guard);
  for (std::size_t i = 0; i < GroupGuard::kSlotsMax; ++i) ASSERT_NE((*guard)->take(), nullptr);
  EXPECT_EQ((*guard)->take(), nullptr);
}

}  // namespace
}  // namespace penstock::os
