// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/glob_match.h"

#include <gtest/gtest.h>

namespace penstock::sources {
namespace {

TEST(GlobMatch, KnowsStarsAndQuestionMarks) {
  EXPECT_TRUE(glob_match("*", "a"));
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*.txt", "a.txt"));
  EXPECT_TRUE(glob_match("a*b*c", "a-b-b-c"));
  EXPECT_TRUE(glob_match("a*", "a"));
  EXPECT_TRUE(glob_match("?.?", "a.b"));
  EXPECT_FALSE(glob_match("*.txt", "a.text"));
  EXPECT_FALSE(glob_match("a*b*c", "a-b-b-"));
  EXPECT_FALSE(glob_match("?", ""));
  EXPECT_FALSE(glob_match("", "a"));
  EXPECT_TRUE(glob_match("", ""));
}

TEST(GlobMatch, TakesACharacterForOne) {
  EXPECT_TRUE(glob_match("caf?", "caf\xC3\xA9"));
  EXPECT_TRUE(glob_match("[\xC3\xA0-\xC3\xBF]", "\xC3\xA9"));
  EXPECT_TRUE(glob_match("?", "\xFF"));
  EXPECT_TRUE(glob_match("\xFF", "\xFF"));
  EXPECT_FALSE(glob_match("\xFE", "\xFF"));
}

TEST(GlobMatch, KnowsBrackets) {
  EXPECT_TRUE(glob_match("[a-c]1", "b1"));
  EXPECT_FALSE(glob_match("[a-c]1", "d1"));
  EXPECT_TRUE(glob_match("[!a-c]", "d"));
  EXPECT_FALSE(glob_match("[!a-c]", "a"));
  EXPECT_TRUE(glob_match("[]x]", "]"));
  EXPECT_TRUE(glob_match("[!]x]", "a"));
  EXPECT_TRUE(glob_match("[a-]", "-"));
  EXPECT_TRUE(glob_match("[abc", "[abc"));
  EXPECT_TRUE(glob_match("[\\]]", "]"));
}

TEST(GlobMatch, TakesWhatIsEscapedAsItIs) {
  EXPECT_TRUE(glob_match("\\*", "*"));
  EXPECT_FALSE(glob_match("\\*", "a"));
  EXPECT_TRUE(glob_match("\\[a]", "[a]"));
  EXPECT_TRUE(glob_match("a\\", "a\\"));
}

TEST(GlobMatch, LeavesHiddenNamesAlone) {
  EXPECT_FALSE(glob_match("*", ".git"));
  EXPECT_FALSE(glob_match("?git", ".git"));
  EXPECT_TRUE(glob_match(".*", ".git"));
  EXPECT_TRUE(glob_match("\\.git", ".git"));
}

TEST(GlobMatch, NeedsNoTimeForManyStars) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(10'000, 'a')));
}

TEST(GlobMatch, KnowsAPatternFromAName) {
  EXPECT_TRUE(is_glob("a*"));
  EXPECT_TRUE(is_glob("a[bc]"));
  EXPECT_FALSE(is_glob("a[bc"));
  EXPECT_FALSE(is_glob("a\\*"));
  EXPECT_EQ(glob_literal("a\\*b\\\\c\\"), "a*b\\c\\");
}

}  // namespace
}  // namespace penstock::sources
