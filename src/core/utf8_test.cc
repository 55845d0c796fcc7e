// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every boundary of the encoding from both sides.
#include "core/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>

namespace penstock::utf8 {
namespace {

TEST(Utf8, AllCharactersThereAndBack) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    append(code, text);
    const Character character = decode(text, 0);
    ASSERT_TRUE(character.valid) << static_cast<std::uint32_t>(code);
    ASSERT_TRUE(character.code == code) << static_cast<std::uint32_t>(code);
    ASSERT_EQ(character.bytes, text.size());
  }
}

TEST(Utf8, WhatIsNoCharacterBecomesTheReplacement) {
  for (const char32_t code : {0xD800U, 0xDFFFU, 0x110000U, 0xFFFFFFFFU}) {
    std::string text;
    append(code, text);
    EXPECT_EQ(text, kReplacement);
  }
}

// The examples of Unicode 15, tables 3-8 to 3-11, and the ends of each range.
TEST(Utf8, InvalidSequencesAreReplacedByTheirLongestBeginnings) {
  const auto check = [](std::string_view text, std::string_view expected) {
    EXPECT_FALSE(is_valid(text)) << expected;
    EXPECT_EQ(to_valid(text), expected);
  };
  check("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41",
        "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
  check("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41",
        "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
  check("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42",
        "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"
        "A\uFFFD\uFFFD"
        "B");
  check("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "\uFFFD\uFFFD\uFFFD\uFFFDA");
  check("\xC2", "\uFFFD");
  check("abcdefgh\xF0\x9F\x98", "abcdefgh\uFFFD");
  check("\xF5\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Utf8, ValidIsValid) {
  for (const char* text : {"", "plain ascii, longer than a word", "é", "퟿", "\uE000", "￿", "𐀀",
                           "\U0010FFFF", "abcdefgé abcdefgh"}) {
    EXPECT_TRUE(is_valid(text)) << text;
    EXPECT_EQ(to_valid(text), text);
  }
}

RC_GTEST_PROP(Utf8, ToValidIsValidAndKeepsWhatWas, (const std::string& bytes)) {
  const std::string valid = to_valid(bytes);
  RC_ASSERT(is_valid(valid));
  RC_ASSERT(is_valid(bytes) == (valid == bytes));
}

TEST(Utf8, TruncateCutsNoCharacter) {
  EXPECT_EQ(truncate("aé", 3), "aé");
  EXPECT_EQ(truncate("aé", 2), "a");
  EXPECT_EQ(truncate("aé", 1), "a");
  EXPECT_EQ(truncate("😀x", 4), "😀");
  for (const std::size_t bytes : {0U, 1U, 2U, 3U}) EXPECT_EQ(truncate("😀x", bytes), "");
  EXPECT_EQ(truncate("€€", 5), "€");
  EXPECT_EQ(truncate("\x80\x80\x80\x80\x80", 3), "\x80\x80\x80");
  EXPECT_EQ(truncate("ab\xE2\x82", 3), "ab\xE2");
}

}  // namespace
}  // namespace penstock::utf8
