// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/shares.h"

#include <gtest/gtest.h>

#include <vector>

namespace penstock::engine {
namespace {

std::vector<int> sizes(std::uint64_t items, std::size_t workers) {
  const Shares shares(items, workers);
  std::vector<int> sizes(workers, 0);
  for (std::uint64_t ordinal = 0; ordinal < items; ++ordinal) ++sizes[shares.of(ordinal)];
  return sizes;
}

TEST(Shares, TheLastTakesTheRemainder) {
  std::vector<int> expected(20, 129);
  expected.back() = 133;
  EXPECT_EQ(sizes(2'584, 20), expected);
  EXPECT_EQ(sizes(18'564, 4), (std::vector<int>{4'641, 4'641, 4'641, 4'641}));
}

TEST(Shares, FewerItemsThanWorkersAreOneEach) {
  EXPECT_EQ(sizes(3, 5), (std::vector<int>{1, 1, 1, 0, 0}));
  EXPECT_EQ(sizes(0, 2), (std::vector<int>{0, 0}));
  EXPECT_EQ(sizes(7, 1), (std::vector<int>{7}));
}

TEST(Shares, AreContiguous) {
  const Shares shares(1'000, 7);
  for (std::uint64_t ordinal = 1; ordinal < 1'000; ++ordinal) {
    const std::uint32_t step = shares.of(ordinal) - shares.of(ordinal - 1);
    EXPECT_LE(step, 1U) << ordinal;
  }
  EXPECT_EQ(shares.of(999), 6U);
}

}  // namespace
}  // namespace penstock::engine
