// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/counted_source.h"

#include <gtest/gtest.h>
#include <penstock/testing.h>

namespace penstock::cli {
namespace {

std::unique_ptr<Source> counted(std::size_t items, SourceCount count) {
  return make_counted_source(std::make_unique<testing::ListSource>(
                                 std::vector<SourceItem>(items, SourceItem{.value = "{}"})),
                             std::move(count));
}

/// The places of bad items, from 0, after `skipped` were skipped.
std::vector<std::size_t> bad_of(Source& source, std::size_t skipped) {
  EXPECT_TRUE(source.skip(skipped));
  std::vector<SourceItem> items;
  for (;;) {
    const auto state = source.read(2, items);  // Small bites: the count goes on over calls.
    if (!state || *state == SourceState::end) break;
  }
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i].bad) bad.push_back(i + skipped);
  return bad;
}

TEST(CountedSource, MarksDuplicatesAlsoBehindASkip) {
  const SourceCount count{7, {{1, 2, 0, 1}, {4, 5, 0, 1}, {5, 6, 2, 3}}};
  EXPECT_EQ(bad_of(*counted(7, count), 0), (std::vector<std::size_t>{1, 4, 5}));
  EXPECT_EQ(bad_of(*counted(7, count), 2), (std::vector<std::size_t>{4, 5}));
  EXPECT_EQ(bad_of(*counted(7, {}), 0), std::vector<std::size_t>{});
}

TEST(CountedSource, SaysWhichLines) {
  const auto source = counted(2, {2, {{1, 7, 0, 3}}});
  std::vector<SourceItem> items;
  ASSERT_TRUE(source->read(10, items));
  ASSERT_TRUE(items[1].bad);
  EXPECT_EQ(items[1].bad->kind, "input.duplicate_key");
  EXPECT_EQ(items[1].bad->message, "line 7 has the key of line 3");
}

TEST(CountedSource, KnowsTheTotal) {
  EXPECT_EQ(counted(3, {})->total(), 3U);
  EXPECT_EQ(counted(3, {9, {}})->total(), 9U);
}

}  // namespace
}  // namespace penstock::cli
