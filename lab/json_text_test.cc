// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes become valid JSON.
#include "json_text.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

TEST(JsonText, escapes_what_json_escapes) {
  EXPECT_EQ(json_quoted("a\"b\\\n\x01"), "\"a\\\"b\\\\\\n\\u0001\"");
}

TEST(JsonText, keeps_utf8_and_replaces_other_bytes) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(valid_utf8("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"),
            "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(valid_utf8("a\xE4z"), "a" + mark + "z");
  EXPECT_EQ(valid_utf8("\xC0\xAF"), mark + mark);
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), mark + mark + mark);
  EXPECT_EQ(valid_utf8("\xE2\x82"), mark + mark);
}

}  // namespace
}  // namespace penstock::lab
