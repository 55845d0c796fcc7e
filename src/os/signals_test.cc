// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "os/child.h"

namespace penstock::os {
namespace {

TEST(SignalSource, GivesSignalsOutInsteadOfDyingOfThem) {
  auto source = SignalSource::open({SIGTERM, SIGINT});
  ASSERT_TRUE(source);
  EXPECT_EQ(source->take(), std::nullopt);
  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  EXPECT_EQ(source->take(), SIGTERM);
  EXPECT_EQ(source->take(), std::nullopt);
}

TEST(SignalSource, LetGoASignalEndsTheProcess) {
  const auto before = ::signal(SIGTERM, SIG_IGN);  // As a shell may have it.
  const auto pid = fork_child();
  ASSERT_TRUE(pid);
  if (*pid == 0) {
    auto source = SignalSource::open({SIGTERM});
    source->let_go();
    ::kill(::getpid(), SIGTERM);
    ::_exit(7);
  }
  ::signal(SIGTERM, before);
  auto child = open_process(*pid);
  ASSERT_TRUE(wait_for_end(*child, 10'000));
  EXPECT_EQ(reap(*child)->signal, SIGTERM);
}

TEST(SignalSource, PutsTheMaskBack) {
  sigset_t before;
  sigset_t after;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &before);
  { ASSERT_TRUE(SignalSource::open({SIGWINCH})); }
  ::pthread_sigmask(SIG_BLOCK, nullptr, &after);
  EXPECT_EQ(::sigismember(&before, SIGWINCH), ::sigismember(&after, SIGWINCH));
}

// The parent ignores and blocks SIGTERM; the child must die of it all the same.
TEST(ResetSignals, AChildStartsWithDefaults) {
  auto source = SignalSource::open({SIGTERM});
  const auto before = ::signal(SIGUSR1, SIG_IGN);
  const auto pid = fork_child();
  ASSERT_TRUE(pid);
  if (*pid == 0) {
    reset_signals();
    ::kill(::getpid(), SIGUSR1);
    for (;;) ::pause();
  }
  auto child = open_process(*pid);
  ASSERT_TRUE(wait_for_end(*child, 10'000));
  EXPECT_EQ(reap(*child)->signal, SIGUSR1);
  ::signal(SIGUSR1, before);
}

// Were they not ignored when they are unblocked, what is pending would kill the child.
TEST(ResetSignals, IgnoredOnesAreIgnoredFromTheFirstMoment) {
  auto source = SignalSource::open({SIGTERM, SIGINT});
  const auto pid = fork_child();
  ASSERT_TRUE(pid);
  if (*pid == 0) {
    ::kill(::getpid(), SIGTERM);
    reset_signals({SIGTERM, SIGINT});
    ::kill(::getpid(), SIGINT);
    ::_exit(7);
  }
  auto child = open_process(*pid);
  ASSERT_TRUE(wait_for_end(*child, 10'000));
  EXPECT_EQ(reap(*child)->status, 7);
}

}  // namespace
}  // namespace penstock::os
