// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/sync_all.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace penstock::sinks {
namespace {

TEST(SyncAll, DoesEachOnce) {
  for (const std::size_t count : {0U, 1U, 3U, 4U, 64U, 1000U}) {
    std::vector<std::atomic<int>> calls(count);
    EXPECT_TRUE(sync_all(count, [&](std::size_t i) {
      ++calls[i];
      return ok();
    }));
    for (const auto& times : calls) EXPECT_EQ(times, 1);
  }
}

TEST(SyncAll, PassesAnErrorOnWhenAllHaveEnded) {
  std::atomic<int> calls{0};
  const auto status = sync_all(100, [&](std::size_t i) -> Status {
    ++calls;
    if (i == 57) return Error{.code = Errc::no_space, .message = "full", .kind = "disk.full"};
    return ok();
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::no_space);
  EXPECT_EQ(calls, 100);
}

}  // namespace
}  // namespace penstock::sinks
