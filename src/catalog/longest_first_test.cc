// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/longest_first.h"

#include <gtest/gtest.h>
#include <penstock/testing.h>

#include "core/fingerprint.h"
#include "os/temp_folder.h"

namespace penstock::catalog {
namespace {

class LongestFirstTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(std::move(*os::TempFolder::create(::testing::TempDir())));
  }

  std::unique_ptr<Source> sorted(const std::vector<std::string>& values) {
    std::vector<SourceItem> items;
    for (const std::string& value : values)
      items.push_back({.value = value,
                       .key = "k" + value,
                       .content = fingerprint(value),
                       .line = items.size() + 1});
    if (!items.empty()) items.back().bad = Error{Errc::invalid, "why", "input.json"};
    auto source = sort_longest_first(
        std::make_unique<testing::ListSource>(std::move(items)),
        [](const SourceItem& item) { return item.value.size(); }, folder_->path());
    EXPECT_TRUE(source) << source.error().message;
    return std::move(*source);
  }

  std::optional<os::TempFolder> folder_;
};

std::string read_all(Source& source) {
  std::vector<SourceItem> items;
  for (;;) {
    const auto state = source.read(2, items);
    if (!state || *state == SourceState::end) break;
  }
  std::string text;
  for (const SourceItem& item : items) text += item.value + " ";
  return text;
}

TEST_F(LongestFirstTest, SortsAndKeepsTheOrderOfEqualOnes) {
  EXPECT_EQ(read_all(*sorted({"bb", "a", "ccc", "dd", "e"})), "ccc bb dd a e ");
  EXPECT_EQ(read_all(*sorted({})), "");
  const auto source = sorted({"bb", "a", "ccc"});
  EXPECT_EQ(source->total(), 3U);
  ASSERT_TRUE(source->skip(1));
  EXPECT_EQ(read_all(*source), "bb a ");
}

TEST_F(LongestFirstTest, ItemsStayWhatTheyAre) {
  std::vector<SourceItem> items;
  ASSERT_TRUE(sorted({"a", "bb", "c"})->read(10, items));
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].key, "kbb");
  EXPECT_EQ(items[0].line, 2U);
  EXPECT_EQ(items[0].content, fingerprint("bb"));
  EXPECT_FALSE(items[0].bad);
  ASSERT_TRUE(items[2].bad);
  EXPECT_EQ(items[2].bad->kind, "input.json");
  EXPECT_EQ(items[2].bad->message, "why");
}

TEST_F(LongestFirstTest, LeavesNothingBehind) {
  { const auto source = sorted({"a", "b"}); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_->path()));
}

}  // namespace
}  // namespace penstock::catalog
