// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Equal sums mean equal pairs of place and content, in whatever order they came.
#include "core/fingerprint.h"

#include <penstock/ledger.h>

#include <gtest/gtest.h>

namespace penstock {
namespace {

using Pair = std::pair<std::uint64_t, std::string_view>;

ContentSum sum(std::initializer_list<Pair> pairs) {
  ContentSum sum;
  for (const auto& [ordinal, content] : pairs) sum.add(ordinal, fingerprint(content));
  return sum;
}

TEST(ContentSum, ForgetsTheOrderOnly) {
  EXPECT_EQ(sum({{0, "a"}, {1, "b"}, {2, "c"}}), sum({{2, "c"}, {0, "a"}, {1, "b"}}));
  EXPECT_NE(sum({{0, "a"}, {1, "b"}}), sum({{0, "b"}, {1, "a"}}));
  EXPECT_NE(sum({{0, "a"}}), sum({{1, "a"}}));
  EXPECT_NE(sum({{0, "a"}}), sum({{0, "a"}, {0, "a"}}));
  EXPECT_EQ(sum({}), ContentSum());
}

}  // namespace
}  // namespace penstock
