// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/key_spill.h"

#include <gtest/gtest.h>

#include <map>

#include "core/fingerprint.h"
#include "sources/reading.h"

namespace penstock::sources {
namespace {

class KeySpillTest : public ::testing::Test {
 protected:
  // Finds duplicates among `keys`, with room for `memory_entries` of them in memory.
  std::vector<DuplicateKey> find(const std::vector<std::string>& keys,
                                 std::size_t memory_entries) const {
    KeySpill spill({.folder = inputs_.path(""), .memory_bytes = memory_entries * 32});
    for (std::uint64_t i = 0; i < keys.size(); ++i) {
      EXPECT_TRUE(spill.add(fingerprint(keys[i]), i, i + 1));
    }
    EXPECT_TRUE(std::filesystem::is_empty(inputs_.path("")));
    auto found = spill.duplicates();
    EXPECT_TRUE(found);
    return *found;
  }

  // The same by a map.
  static std::vector<DuplicateKey> expected(const std::vector<std::string>& keys) {
    std::map<std::string, std::uint64_t> first;
    std::vector<DuplicateKey> found;
    for (std::uint64_t i = 0; i < keys.size(); ++i) {
      const auto [known, is_new] = first.emplace(keys[i], i);
      if (!is_new) found.push_back({i, i + 1, known->second, known->second + 1});
    }
    return found;
  }

  Inputs inputs_;
};

TEST_F(KeySpillTest, FindsNothingAmongDifferentKeys) {
  EXPECT_TRUE(find({}, 10).empty());
  EXPECT_TRUE(find({"a", "b", "c"}, 10).empty());
  EXPECT_TRUE(find({"a", "b", "c"}, 1).empty());
}

TEST_F(KeySpillTest, NamesTheFirstOne) {
  const std::vector<DuplicateKey> two = {{2, 3, 0, 1}, {3, 4, 0, 1}};
  EXPECT_EQ(find({"a", "b", "a", "a"}, 10), two);
}

TEST_F(KeySpillTest, FindsTheSameHoweverLittleMemoryThereIs) {
  std::vector<std::string> keys;
  std::uint64_t state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    keys.push_back(std::to_string(state >> 52U));
  }
  const auto wanted = expected(keys);
  ASSERT_GT(wanted.size(), 1000U);
  for (const std::size_t memory_entries : {1U, 7U, 100U, 2500U, 5000U, 9999U}) {
    EXPECT_EQ(find(keys, memory_entries), wanted) << memory_entries;
  }
}

TEST_F(KeySpillTest, RefusesAColumnThatIsNoKey) {
  KeySpill spill({.folder = inputs_.path("")});
  for (std::uint64_t i = 0; i < Census::kDuplicatesMax + 2; ++i) {
    ASSERT_TRUE(spill.add(fingerprint("same"), i, i));
  }
  const auto found = spill.duplicates();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, "input.key");
}

TEST_F(KeySpillTest, SaysWhenItsFolderIsMissing) {
  KeySpill spill({.folder = inputs_.path("missing"), .memory_bytes = 32});
  EXPECT_FALSE(spill.add(fingerprint("a"), 0, 1));
}

}  // namespace
}  // namespace penstock::sources
