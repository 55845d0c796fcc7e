// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/census.h>
#include <penstock/sources.h>

#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class CensusTest : public ::testing::Test {
 protected:
  Census take(const std::string& bytes, const IntervalSet& chosen = {},
              const std::string& key = "") const {
    auto source = open_jsonl(std::vector{inputs_.write("in.jsonl", bytes)}, {.key = key});
    EXPECT_TRUE(source);
    auto census = take_census(**source, chosen, {.folder = inputs_.path("")});
    EXPECT_TRUE(census);
    return *census;
  }

  // The sum over the items at these places, by hand.
  ContentSum sum_of(const std::vector<std::pair<std::uint64_t, std::string>>& items) const {
    ContentSum sum;
    for (const auto& [ordinal, value] : items) sum.add(ordinal, fingerprint(value));
    return sum;
  }

  Inputs inputs_;
};

TEST_F(CensusTest, CountsItemsAndBadOnes) {
  const Census census = take("{}\nx\n\n7\n");
  EXPECT_EQ(census.items, 3U);
  EXPECT_EQ(census.bad, 1U);
  EXPECT_EQ(census.chosen, 0U);
  EXPECT_EQ(census.sum, ContentSum{});
}

TEST_F(CensusTest, SumsTheChosenOnes) {
  IntervalSet chosen;
  chosen.add(0);
  chosen.add(2, 4);
  chosen.add(7);
  const Census census = take("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n{\"a\":5}\n", chosen);
  EXPECT_EQ(census.chosen, 3U);
  EXPECT_EQ(census.sum, sum_of({{0, "{\"a\":1}"}, {2, "{\"a\":3}"}, {3, "{\"a\":4}"}}));
}

TEST_F(CensusTest, NoticesAMovedItem) {
  IntervalSet chosen;
  chosen.add(0, 2);
  EXPECT_FALSE(take("{\"a\":1}\n{\"a\":2}\n", chosen).sum ==
               take("{\"a\":2}\n{\"a\":1}\n", chosen).sum);
}

TEST_F(CensusTest, ListsRepeatedKeysWithBothLines) {
  const Census census = take("\n{\"id\":1}\n{\"id\":2}\n\n{\"id\":\"1\"}\n{}\n{}\n", {}, "id");
  const std::vector<DuplicateKey> one = {{2, 5, 0, 2}};
  EXPECT_EQ(census.duplicates, one);
  EXPECT_EQ(census.bad, 2U);
}

TEST_F(CensusTest, PassesTheErrorOfTheSourceOn) {
  auto source = open_jsonl(std::vector{inputs_.write("utf16", "\xFF\xFE")}, {});
  EXPECT_FALSE(take_census(**source, {}, {.folder = inputs_.path("")}));
}

}  // namespace
}  // namespace penstock
