// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Covers setting.h too: what is found in a tree, and what it is as JSON.
#include "catalog/setting_json.h"

#include <gtest/gtest.h>

#include "catalog/setting_of_json.h"

namespace penstock::catalog {
namespace {

TEST(SettingJson, IsWhatItWasMadeOf) {
  for (const char* text :
       {R"({"a":1,"b":[true,false,"x\"y\n",1.5],"c":{"d":{}},"e":[]})", "[]", "-7", "\"\""})
    EXPECT_EQ(to_json(setting_of(text)), text);
}

TEST(SettingJson, DatesAreTextsAndOddNumbersNull) {
  EXPECT_EQ(to_json({.kind = SettingKind::date, .text = "1979-05-27"}), "\"1979-05-27\"");
  EXPECT_EQ(
      to_json({.kind = SettingKind::number, .number = std::numeric_limits<double>::infinity()}),
      "null");
}

TEST(Setting, FindsByKeyAndOnlyInTables) {
  const Setting tree = setting_of(R"({"a":1,"b":"x"})");
  ASSERT_NE(tree.find("b"), nullptr);
  EXPECT_EQ(tree.find("b")->text, "x");
  EXPECT_EQ(tree.find("c"), nullptr);
  EXPECT_EQ(tree.find("a")->find("b"), nullptr);
  EXPECT_EQ(to_string(SettingKind::array), "a list");
}

}  // namespace
}  // namespace penstock::catalog
