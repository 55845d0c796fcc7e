// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/item_view.h"

#include <gtest/gtest.h>

#include "sinks/crashes.h"

namespace penstock::sinks {
namespace {

std::string render(const std::string& text, const Row& row) {
  const auto parsed = placeholders::Template::parse(text);
  EXPECT_TRUE(parsed);
  const ItemView view({&*parsed}, "page");
  const auto made = view.make(row.record(1));
  if (!made) return "!" + made.error().kind;
  const auto rendered = parsed->render(made->root());
  return rendered ? *rendered : "!" + rendered.error().kind;
}

const Row kRow{.key = "17/3",
               .value = R"({"rank":3,"status":"new","parent":{"term":"epoll"}})",
               .output = R"({"text":"hello"})",
               .parent_key = "17"};

TEST(ItemView, ShowsFieldsRecordAndOutput) {
  EXPECT_EQ(render("{rank} {term} {key} {status} {attempts}", kRow), "3 epoll 17/3 ok 1");
  EXPECT_EQ(render("{page.text} {/page/text} {page.text|default:x}", kRow), "hello hello hello");
  EXPECT_EQ(render("{input_status}", kRow), "new");
  EXPECT_EQ(render("{/parent/term}", kRow), "epoll");
}

TEST(ItemView, HasNoOutputOfAnotherStep) {
  Row row = kRow;
  row.step = "search";
  EXPECT_EQ(render("{page.text}", row), "!item.field");
  EXPECT_EQ(render("{page.text|default:none}", row), "none");
}

TEST(ItemView, LooksAtNoOutputThatNobodyAsksFor) {
  Row row = kRow;
  row.output = "broken";
  EXPECT_EQ(render("{rank}", row), "3");
  EXPECT_EQ(render("{page.text}", row), "!internal.record");
}

TEST(ItemView, TakesAnEmptyValue) { EXPECT_EQ(render("{key}", {.key = "1"}), "1"); }

TEST(ItemView, ReadsDeepValues) {
  std::string value = R"({"term":"deep"})";
  for (int i = 0; i < 200; ++i) value = R"({"i":1,"parent":)" + value + "}";
  EXPECT_EQ(render("{term}", {.key = "1", .value = value, .parent_key = "0"}), "deep");
}

TEST(ReadFields, SaysWhatIsNoItem) {
  FieldList fields;
  EXPECT_TRUE(read_fields(kRow.record(1), fields));
  EXPECT_EQ(read_fields(Row{.key = "1", .value = "x"}.record(1), fields).error().kind,
            "internal.record");
}

}  // namespace
}  // namespace penstock::sinks
