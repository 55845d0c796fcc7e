// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Names that a file system takes, one for each value.
#include "placeholders/path_name.h"

#include <gtest/gtest.h>

#include "core/utf8.h"

namespace penstock::placeholders {
namespace {

std::string name_of(std::string_view text, bool starts_with_literal = false) {
  const auto name = path_name(text, starts_with_literal);
  return name ? *name : name.error().kind + ": " + name.error().message;
}

TEST(PathName, DotsOfValuesHideNothing) {
  EXPECT_EQ(name_of("a.txt"), "a.txt");
  EXPECT_EQ(name_of(".."), "%2E.");
  EXPECT_EQ(name_of("."), "%2E");
  EXPECT_EQ(name_of(".ssh"), "%2Essh");
  EXPECT_EQ(name_of(".ssh", true), ".ssh");
  EXPECT_EQ(name_of("..", true), "%2E.");
  EXPECT_EQ(name_of("..."), "%2E..");
  EXPECT_EQ(name_of(""), "item.path: an empty file name");
}

TEST(PathName, LongNamesAreCutWithAHash) {
  const std::string longest(255, 'x');
  EXPECT_EQ(name_of(longest), longest);
  const std::string cut = name_of(longest + "x");
  EXPECT_EQ(cut.size(), 255U);
  EXPECT_NE(cut, name_of(longest + "y"));
  const std::string text = name_of(std::string(300, 'x') + ".txt");
  EXPECT_EQ(text.size(), 255U);
  EXPECT_EQ(text.substr(251), ".txt");
  const std::string odd = name_of("x." + std::string(300, 'y'));
  EXPECT_EQ(odd.size(), 255U);
}

TEST(PathName, CutsKeepCharactersWhole) {
  for (std::size_t lead = 0; lead < 4; ++lead) {
    std::string text(lead, 'a');
    for (int i = 0; i < 200; ++i) text += "日";
    const std::string cut = name_of(text + ".html");
    EXPECT_TRUE(utf8::is_valid(cut));
    EXPECT_LE(cut.size(), 255U);
    EXPECT_GE(cut.size(), 252U);
  }
}

}  // namespace
}  // namespace penstock::placeholders
