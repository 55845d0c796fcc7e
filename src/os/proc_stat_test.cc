// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/proc_stat.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

namespace penstock::os {
namespace {

TEST(ProcStat, SeesThisProcess) {
  const auto use = process_use(::getpid());
  ASSERT_TRUE(use);
  EXPECT_GT(use->rss_bytes, 100'000U);
  rusage spent{};
  ::getrusage(RUSAGE_SELF, &spent);
  const auto cpu = std::chrono::seconds(spent.ru_utime.tv_sec + spent.ru_stime.tv_sec);
  EXPECT_GE(use->cpu + std::chrono::seconds(1), cpu);
}

TEST(ProcStat, NamesWithBracketsAndBlanksDoNotShiftFields) {
  const auto before = start_ticks(::getpid());
  std::array<char, 16> name{};
  ::prctl(PR_GET_NAME, name.data());
  ::prctl(PR_SET_NAME, "a) R 1 (b");
  const auto after = start_ticks(::getpid());
  ::prctl(PR_SET_NAME, name.data());
  ASSERT_TRUE(before && after);
  EXPECT_GT(*before, 0U);
  EXPECT_EQ(*before, *after);
}

TEST(ProcStat, AGoneProcessIsAnError) {
  const auto use = process_use(0x7ffffff);
  ASSERT_FALSE(use);
  EXPECT_EQ(use.error().kind, "system.ESRCH");
}

TEST(ProcStat, CountsThreads) {
  const auto alone = thread_count();
  ASSERT_TRUE(alone);
  std::size_t with_other = 0;
  std::thread([&] { with_other = *thread_count(); }).join();
  EXPECT_GE(with_other, *alone + 1);
}

TEST(ProcStat, UsableCpusFollowTheAffinity) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_GE(usable_cpus(), 1U);
  EXPECT_LE(usable_cpus(), static_cast<std::size_t>(CPU_COUNT(&before)));
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(usable_cpus(), 1U);
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

TEST(ProcStat, RaisesTheDescriptorLimitNoHigherThanAllowed) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 100;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_descriptor_limit(50), 100U) << "never lowered";
  EXPECT_EQ(raise_descriptor_limit(200), 200U);
  EXPECT_EQ(raise_descriptor_limit(SIZE_MAX), before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace penstock::os
