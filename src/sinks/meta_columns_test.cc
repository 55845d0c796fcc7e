// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/meta_columns.h"

#include <gtest/gtest.h>

#include "sinks/crashes.h"

namespace penstock::sinks {
namespace {

std::string all(const Record& record) {
  std::string text;
  for (const std::string_view name : kMetaNames) {
    append_meta(record, name, text);
    text += ' ';
  }
  return text;
}

TEST(MetaColumns, ShowTheRecord) {
  const Row good{.key = "17/3", .parent_key = "17"};
  EXPECT_EQ(all(good.record(1)), R"("17/3" "17" "ok" null null 1 )");
  const Row bad{.key = "a\"b", .status = ItemStatus::failed, .kind = "http.404"};
  EXPECT_EQ(all(bad.record(1)), R"("a\"b" null "failed" "http.404" "it failed" 1 )");
}

TEST(MetaColumns, AreKnownByName) {
  EXPECT_TRUE(is_meta("attempts"));
  EXPECT_FALSE(is_meta("term"));
}

}  // namespace
}  // namespace penstock::sinks
