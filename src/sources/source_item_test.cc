// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/source_item.h"

#include <gtest/gtest.h>

#include "core/fingerprint.h"

namespace penstock::sources {
namespace {

std::string key_or_kind(const SourceItem& item) { return item.bad ? item.bad->kind : item.key; }

std::string key_in(const std::string& object, const std::string& member) {
  const auto document = json::Document::parse(object);
  SourceItem item;
  set_key(item, {"a.jsonl", 3}, member, document->root());
  return key_or_kind(item);
}

TEST(SourceItem, HasTheFingerprintOfItsValue) {
  SourceItem item;
  set_value(item, "{\"n\":1}");
  EXPECT_EQ(item.content, fingerprint("{\"n\":1}"));
}

TEST(SourceItem, SaysWhereItIsBad) {
  SourceItem item;
  set_bad(item, {"a.csv", 17}, "input.columns", "2 columns");
  EXPECT_EQ(item.bad->message, "a.csv:17: 2 columns");
  EXPECT_EQ(item.bad->code, Errc::invalid);
  set_bad(item, {"a.csv"}, "input.columns", "none");
  EXPECT_EQ(item.bad->message, "a.csv: none");
}

TEST(SourceItem, ShowsTheBeginningOfWhatIsBadAsText) {
  const SourceItem item = bad_item("line", "a\xFF" + std::string(5000, 'b'), {"f", 1}, "x", "y");
  EXPECT_EQ(item.value, "{\"line\":\"a\xEF\xBF\xBD" + std::string(1022, 'b') + "\"}");
}

TEST(SourceItem, TakesScalarsAsKeys) {
  EXPECT_EQ(key_in(R"({"id":"a/b"})", "id"), "a/b");
  EXPECT_EQ(key_in(R"({"id":1.50})", "id"), "1.50");
  EXPECT_EQ(key_in(R"({"id":false})", "id"), "false");
  EXPECT_EQ(key_in(R"({"id":1,"id":2})", "id"), "2");
}

TEST(SourceItem, RefusesOtherKeys) {
  for (const char* object : {"{}", R"({"id":null})", R"({"id":""})", R"({"id":[1]})", "[1]"}) {
    EXPECT_EQ(key_in(object, "id"), "input.key") << object;
  }
  SourceItem item;
  set_key(item, {"f", 1}, "id", std::string(4096, 'k'));
  EXPECT_FALSE(item.bad);
  set_key(item, {"f", 1}, "id", std::string(4097, 'k'));
  EXPECT_EQ(key_or_kind(item), "input.key");
}

}  // namespace
}  // namespace penstock::sources
