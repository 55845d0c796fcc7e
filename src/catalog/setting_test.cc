// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/setting.h"

#include <gtest/gtest.h>

namespace penstock::catalog {
namespace {

TEST(Setting, FindsAKeyOfATable) {
  Setting table;
  table.entries.push_back({"rate", {3, 1}, {.kind = SettingKind::text, .text = "10/s"}});
  ASSERT_NE(table.find("rate"), nullptr);
  EXPECT_EQ(table.find("rate")->text, "10/s");
  EXPECT_EQ(table.find("rat"), nullptr);
  EXPECT_EQ(table.find("rate")->find("rate"), nullptr) << "a text has no keys";
}

TEST(Setting, KindsAreNamedAsPeopleSayThem) {
  EXPECT_EQ(to_string(SettingKind::boolean), "true or false");
  EXPECT_EQ(to_string(SettingKind::array), "a list");
}

}  // namespace
}  // namespace penstock::catalog
