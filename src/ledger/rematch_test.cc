// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/rematch.h"

#include <gtest/gtest.h>
#include <penstock/clock.h>

#include <deque>
#include <filesystem>
#include <map>
#include <set>

#include "core/fingerprint.h"
#include "os/temp_folder.h"

namespace penstock::ledger {
namespace {

/// An item in few letters: identity, then content: "a1" and "a2" have the same key.
struct Matched {
  SourceChange change;
  std::map<std::uint64_t, std::uint64_t> carried;  // ordinal -> place among the old, from 1
  std::set<std::uint64_t> removed;
};

Matched match(const std::vector<std::string>& old_items, const std::vector<std::string>& items) {
  const auto folder = os::TempFolder::create(std::filesystem::temp_directory_path());
  Rematch rematch(folder->path());
  for (std::size_t i = 0; i < old_items.size(); ++i) {
    EXPECT_TRUE(rematch.add_old(fingerprint(old_items[i].substr(0, 1)), fingerprint(old_items[i]),
                                Seq{i + 1}));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_TRUE(rematch.add_new(fingerprint(items[i].substr(0, 1)), fingerprint(items[i]), i));
  }
  const auto change = rematch.match();
  EXPECT_TRUE(change);
  Matched matched{.change = *change};
  for (std::optional<std::uint64_t> last;;) {
    const auto carried = *rematch.next_carried();
    if (!carried) break;
    EXPECT_TRUE(!last || *last < carried->ordinal) << "by ordinal";
    EXPECT_EQ(carried->content, fingerprint(items[carried->ordinal]));
    last = carried->ordinal;
    matched.carried[carried->ordinal] = static_cast<std::uint64_t>(carried->seq);
  }
  EXPECT_EQ(matched.carried.size(), change->carried);
  for (auto gone = *rematch.next_removed(); gone; gone = *rematch.next_removed()) {
    matched.removed.insert(static_cast<std::uint64_t>(*gone));
  }
  EXPECT_EQ(matched.removed.size(), change->removed + change->changed);
  EXPECT_EQ(rematch.has_removed(), !matched.removed.empty());
  return matched;
}

using Carried = std::map<std::uint64_t, std::uint64_t>;
using Gone = std::set<std::uint64_t>;

TEST(Rematch, NothingMatchesNothing) {
  EXPECT_TRUE(match({}, {}).carried.empty());
  EXPECT_EQ(match({}, {"a", "b"}).change.fresh, 2U);
  EXPECT_EQ(match({"a", "b"}, {}).removed, (Gone{1, 2}));
}

TEST(Rematch, ShuffledItemsAreFoundAgain) {
  EXPECT_EQ(match({"a", "b", "c"}, {"c", "a", "b"}).carried, (Carried{{0, 3}, {1, 1}, {2, 2}}));
}

TEST(Rematch, NewOnesAreFreshAndMissingOnesGo) {
  const Matched matched = match({"a", "b"}, {"x", "b", "y"});
  EXPECT_EQ(matched.carried, (Carried{{1, 2}}));
  EXPECT_EQ(matched.removed, Gone{1});
  EXPECT_EQ(matched.change.fresh, 2U);
  EXPECT_EQ(matched.change.removed, 1U);
  EXPECT_EQ(matched.change.changed, 0U);
}

TEST(Rematch, TheNthOfEqualOnesIsTheNth) {
  EXPECT_EQ(match({"a", "b", "a", "a"}, {"a", "a", "b"}).carried,
            (Carried{{0, 1}, {1, 3}, {2, 2}}));
  EXPECT_EQ(match({"a", "b", "a", "a"}, {"a", "a", "b"}).removed, Gone{4});
  EXPECT_EQ(match({"a"}, {"a", "a"}).change.fresh, 1U);
}

TEST(Rematch, AChangedItemRunsAgain) {
  const Matched matched = match({"a1", "b1"}, {"a2", "b1"});
  EXPECT_EQ(matched.carried, (Carried{{1, 2}}));
  EXPECT_EQ(matched.removed, Gone{1});
  EXPECT_EQ(matched.change.changed, 1U);
  EXPECT_EQ(matched.change.fresh, 1U);
  EXPECT_EQ(matched.change.removed, 0U);
}

TEST(Rematch, WhatIsDroppedGoesUncounted) {
  const auto folder = os::TempFolder::create(std::filesystem::temp_directory_path());
  Rematch rematch(folder->path());
  ASSERT_TRUE(rematch.drop_old(Seq{7}));
  ASSERT_TRUE(rematch.add_new(fingerprint("a"), fingerprint("a"), 0));
  const auto change = rematch.match();
  EXPECT_EQ(change->removed, 0U);
  EXPECT_EQ(change->fresh, 1U);
  EXPECT_TRUE(rematch.has_removed());
  EXPECT_EQ(*rematch.next_removed(), Seq{7});
}

TEST(Rematch, IsWhatAMapWouldSay) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    const auto draw = [&random] {
      std::vector<std::string> items(random.next() % 60);
      for (std::string& item : items) {
        item = static_cast<char>('a' + random.next() % 12);
        if (random.next() % 8 == 0) item += "2";
      }
      return items;
    };
    const std::vector<std::string> old_items = draw();
    const std::vector<std::string> items = draw();

    std::map<char, std::deque<std::uint64_t>> waiting;
    for (std::size_t i = 0; i < old_items.size(); ++i) waiting[old_items[i][0]].push_back(i);
    Carried carried;
    Gone gone;
    for (std::size_t i = 0; i < items.size(); ++i) {
      auto& same = waiting[items[i][0]];
      if (same.empty()) continue;
      const std::uint64_t found = same.front();
      same.pop_front();
      if (old_items[found] == items[i]) {
        carried[i] = found + 1;
      } else {
        gone.insert(found + 1);
      }
    }
    for (const auto& [key, left] : waiting) {
      for (const std::uint64_t i : left) gone.insert(i + 1);
    }
    const Matched matched = match(old_items, items);
    EXPECT_EQ(matched.carried, carried) << "seed " << seed;
    EXPECT_EQ(matched.removed, gone) << "seed " << seed;
    EXPECT_EQ(matched.change.fresh, items.size() - carried.size()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace penstock::ledger
