// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/safe_text.h"

#include <gtest/gtest.h>

namespace penstock::report {
namespace {

using namespace std::string_view_literals;

TEST(SafeText, KeepsWhatPeopleWrite) {
  EXPECT_EQ(safe_text("Bücher, 日本語, naïve"), "Bücher, 日本語, naïve");
}

TEST(SafeText, ShowsWhatCouldCommandATerminal) {
  EXPECT_EQ(safe_text("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
  EXPECT_EQ(safe_text("\xC2\x9B"), "\\x9b");  // CSI as one C1 character.
  EXPECT_EQ(safe_text("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(safe_text("nul\0byte"sv), "nul\\x00byte");
  EXPECT_EQ(safe_text("\x7f"), "\\x7f");
}

TEST(SafeText, ShowsWhatHidesOrTurnsText) {
  EXPECT_EQ(safe_text("abc\u202Etxt.exe"), "abc\\u202etxt.exe");
  EXPECT_EQ(safe_text("pay\u200Bpal"), "pay\\u200bpal");
  EXPECT_EQ(safe_text("\U000E0041"), "\\U000e0041");
  EXPECT_EQ(safe_text("\u2028"), "\\u2028");
}

TEST(SafeText, ShowsInvalidBytes) {
  EXPECT_EQ(safe_text("a\xFF\xC3(b"), "a\\xff\\xc3(b");
  EXPECT_EQ(safe_text("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // A surrogate.
}

TEST(SafeText, CountsAndCutsColumns) {
  EXPECT_EQ(columns_of("日本"), 4U);
  EXPECT_EQ(columns_of("e\u0301"), 1U);
  EXPECT_EQ(cut_to_columns("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to_columns("abcdef", 5), "abcd…");
  EXPECT_EQ(cut_to_columns("日本語", 4), "日…");
  EXPECT_EQ(cut_to_columns("abc", 0), "");
  EXPECT_EQ(safe_text("\x1b[31mred", 5), "\\x1b…");
}

}  // namespace
}  // namespace penstock::report
