// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which items of a source are read, when some are settled and only some are wanted.
#include "engine/source_feed.h"

#include <gtest/gtest.h>
#include <penstock/testing.h>

namespace penstock::engine {
namespace {

std::vector<SourceItem> numbered(std::size_t items) {
  std::vector<SourceItem> list(items);
  for (std::size_t i = 0; i < items; ++i) list[i].value = std::to_string(i);
  return list;
}

/// The ordinals that are read, in batches of `batch`, as "0 1 2".
std::string read(std::size_t items, std::vector<std::pair<int, int>> settled,
                 std::uint64_t items_max, std::size_t batch) {
  testing::ListSource source(numbered(items));
  IntervalSet set;
  for (const auto& [first, last] : settled) set.add(first, last);
  SourceFeed feed(source, set, items_max);
  std::string ordinals;
  while (!feed.ended()) {
    const auto fresh = feed.read(batch);
    EXPECT_TRUE(fresh);
    EXPECT_LE(fresh->size(), batch);
    for (const auto& one : *fresh) {
      EXPECT_EQ(one.item.value, std::to_string(one.ordinal)) << "item and ordinal belong together";
      ordinals += (ordinals.empty() ? "" : " ") + std::to_string(one.ordinal);
    }
  }
  return ordinals;
}

TEST(SourceFeed, ReadsAll) {
  for (const std::size_t batch : {1, 2, 3, 100}) {
    EXPECT_EQ(read(5, {}, 0, batch), "0 1 2 3 4");
  }
}

TEST(SourceFeed, PassesWhatIsSettled) {
  for (const std::size_t batch : {1, 2, 3, 100}) {
    EXPECT_EQ(read(8, {{0, 2}, {4, 5}}, 0, batch), "2 3 5 6 7");
    EXPECT_EQ(read(4, {{0, 4}}, 0, batch), "");
    EXPECT_EQ(read(4, {{2, 9}}, 0, batch), "0 1");
  }
}

TEST(SourceFeed, StopsAtTheLimitCountingWhatIsSettled) {
  EXPECT_EQ(read(8, {{1, 3}}, 4, 2), "0 3");
  EXPECT_EQ(read(8, {{2, 7}}, 4, 2), "0 1");
}

TEST(SourceFeed, KnowsItsTotal) {
  testing::ListSource source(numbered(8));
  const IntervalSet none;
  EXPECT_EQ(SourceFeed(source, none, 0).total(), 8U);
  EXPECT_EQ(SourceFeed(source, none, 5).total(), 5U);
}

}  // namespace
}  // namespace penstock::engine
