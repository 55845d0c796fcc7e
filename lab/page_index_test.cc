// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A small library of pages, searched.
#include "page_index.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

PageIndex library() {
  PageIndex index;
  index.add("/a", {"Foxes", "the fox and the hound"});
  index.add("/b", {"Dogs", "the dog saw a fox; the fox ran"});
  index.add("/c", {"Trees", "the tree stands"});
  index.add("/d", {"Bark", "fox"});
  return index;
}

std::string found(std::string_view query) {
  const auto index = library();
  std::string paths;
  for (const auto& hit : index.search(query)) paths += index.page(hit.page).path;
  return paths;
}

TEST(PageIndex, ranks_by_rarity_and_count) {
  EXPECT_EQ(found("fox"), "/b/a/d");
  EXPECT_EQ(found("TREE"), "/c");
  EXPECT_EQ(found("dogs"), "/b");
  EXPECT_EQ(found("hound tree the"), "/a/c/b");
  EXPECT_EQ(found("unicorn"), "");
  EXPECT_EQ(found(""), "");
}

TEST(PageIndex, repeated_words_of_a_query_count_once) { EXPECT_EQ(found("fox fox"), found("fox")); }

TEST(PageIndex, snippets_show_the_word_and_whole_characters) {
  PageIndex index;
  std::string text;
  for (int i = 0; i < 60; ++i) text += "größe ";
  index.add("/x", {"X", text + "needle " + text});
  const auto snippet = index.snippet(0, "needle");
  EXPECT_NE(snippet.find("needle"), std::string::npos);
  EXPECT_LE(snippet.size(), 160u);
  EXPECT_NE(static_cast<unsigned char>(snippet.front()) & 0xC0, 0x80);
  EXPECT_EQ(index.snippet(0, "absent").substr(0, 7), text.substr(0, 7));
}

}  // namespace
}  // namespace penstock::lab
