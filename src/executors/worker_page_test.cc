// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/worker_page.h"

#include <gtest/gtest.h>

namespace penstock::executors {
namespace {

TEST(MarkedScope, MarksAndUnmarksAndBeats) {
  ThreadMark mark;
  EXPECT_EQ(mark.call(), std::nullopt);
  {
    const MarkedScope outer(mark, CallId{0});
    EXPECT_EQ(mark.call(), CallId{0}) << "the first id is an id too";
    {
      const MarkedScope inner(mark, CallId{7});
      EXPECT_EQ(mark.call(), CallId{7});
    }
    EXPECT_EQ(mark.call(), CallId{0}) << "back to the one around it";
  }
  EXPECT_EQ(mark.call(), std::nullopt);
  EXPECT_EQ(mark.beats.load(), 4U);
}

TEST(WorkerPage, ThreadsDoNotShareCacheLines) {
  const WorkerPage page;
  const auto at = [](const auto& field) { return reinterpret_cast<std::uintptr_t>(&field); };
  EXPECT_GE(at(page.compute) - at(page.loop), kCacheLineBytes);
  EXPECT_GE(at(page.rss_bytes) - at(page.compute), kCacheLineBytes);
}

}  // namespace
}  // namespace penstock::executors
