// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whatever goes in, what comes out is JSON.
#include "core/json_text.h"

#include "core/json.h"
#include "core/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace penstock::json {
namespace {

using namespace std::string_view_literals;

TEST(JsonText, QuotesWhatMustBeQuoted) {
  EXPECT_EQ(quoted("plain é 😀"), "\"plain é 😀\"");
  EXPECT_EQ(quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(quoted("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(quoted("\0\x01\x1f\x7f"sv), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(quoted(""), "\"\"");
}

TEST(JsonText, InvalidBytesBecomeReplacementCharacters) {
  EXPECT_EQ(quoted("a\xFFz"), "\"a\uFFFDz\"");
  EXPECT_EQ(quoted("\xE2\x82"), "\"\uFFFD\"");
  EXPECT_EQ(quoted("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
}

RC_GTEST_PROP(JsonText, AnyBytesReadBackAsTheirValidForm, (const std::string& bytes)) {
  const auto document = Document::parse(json::quoted(bytes));
  RC_ASSERT(document.has_value());
  RC_ASSERT(document->root().text() == utf8::to_valid(bytes));
  RC_ASSERT(document->text() == json::quoted(bytes));
}

TEST(JsonText, WritesObjects) {
  std::string out = "row ";
  ObjectWriter(out)
      .string("t\"", "x\n")
      .integer("i", std::numeric_limits<std::int64_t>::min())
      .unsigned_integer("u", std::numeric_limits<std::uint64_t>::max())
      .number("d", 0.1)
      .number("inf", std::numeric_limits<double>::infinity())
      .boolean("b", true)
      .null("n")
      .raw("r", "[1.0]")
      .close();
  EXPECT_EQ(out, R"(row {"t\"":"x\n","i":-9223372036854775808,"u":18446744073709551615,)"
                 R"("d":0.1,"inf":null,"b":true,"n":null,"r":[1.0]})");
}

TEST(JsonText, WritesEmptyObjects) {
  std::string out;
  ObjectWriter(out).close();
  EXPECT_EQ(out, "{}");
}

}  // namespace
}  // namespace penstock::json
