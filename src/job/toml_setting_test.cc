// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "job/toml_setting.h"

#include <gtest/gtest.h>

namespace penstock::job {
namespace {

using catalog::Place;
using catalog::Problems;
using catalog::Setting;
using catalog::SettingKind;

std::string complaint(std::string_view text) {
  Problems problems;
  EXPECT_FALSE(parse_toml(text, problems)) << text;
  return problems.sorted().empty() ? "" : to_string(problems.sorted()[0], "j.toml");
}

TEST(TomlSetting, KeepsOrderKindsAndPlaces) {
  Problems problems;
  const auto tree = parse_toml(
      "zebra = \"z\"\n"
      "alpha = 3\n"
      "[deep.er]\n"
      "list = [1.5, true, 1979-05-27]\n",
      problems);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->entries[0].key, "zebra");
  EXPECT_EQ(tree->find("zebra")->at, (Place{1, 9}));
  EXPECT_EQ(tree->entries[1].at, (Place{2, 1}));
  EXPECT_EQ(tree->find("alpha")->whole, 3);
  EXPECT_EQ(tree->find("alpha")->number, 3.0);
  const Setting* list = tree->find("deep")->find("er")->find("list");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->elements.size(), 3U);
  EXPECT_EQ(list->elements[0].number, 1.5);
  EXPECT_TRUE(list->elements[1].boolean);
  EXPECT_EQ(list->elements[2].kind, SettingKind::date);
  EXPECT_EQ(list->elements[2].text, "1979-05-27");
}

TEST(TomlSetting, ArraysOfTablesKeepTheirOrder) {
  Problems problems;
  const auto tree = parse_toml("[[step]]\nname = \"b\"\n[[step]]\nname = \"a\"\n", problems);
  ASSERT_TRUE(tree);
  const Setting* steps = tree->find("step");
  ASSERT_EQ(steps->elements.size(), 2U);
  EXPECT_EQ(steps->elements[0].find("name")->text, "b");
  EXPECT_EQ(steps->elements[1].at.line, 3U);
}

TEST(TomlSetting, SaysWhereTheTextBreaks) {
  EXPECT_TRUE(complaint("a = 1\nb = \n").starts_with("j.toml:2:")) << complaint("a = 1\nb = \n");
  EXPECT_TRUE(complaint("a = 1\na = 2\n").starts_with("j.toml:2:"));
  EXPECT_TRUE(complaint("a = \"\xff\"\n").starts_with("j.toml:1:"));
}

TEST(TomlSetting, RefusesWhatIsNestedBeyondSense) {
  std::string dotted = "a";
  for (int i = 0; i < 100'000; ++i) dotted += ".a";
  EXPECT_EQ(complaint(dotted + " = 1\n"), "j.toml:1:1: keys are nested more than 64 deep");
  EXPECT_EQ(complaint("x = 1\n[ \"q\" . b." + dotted + "]\n"),
            "j.toml:2:3: keys are nested more than 64 deep");
  EXPECT_NE(complaint("a = " + std::string(100'000, '[')), "");
}

TEST(TomlSetting, LongTextIsNotNesting) {
  std::string sentences;
  for (int i = 0; i < 500; ++i) sentences += "one two.three four. Then five... ";
  Problems problems;
  EXPECT_TRUE(parse_toml("prompt = \"" + sentences + "\"\n", problems));
}

}  // namespace
}  // namespace penstock::job
