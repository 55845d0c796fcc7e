// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/text_stream.h"

#include <gtest/gtest.h>

#include "sources/streams.h"

namespace penstock::sources {
namespace {

std::string check(std::string_view bytes) {
  const std::string at_once = drain(*text_of(pieces({std::string(bytes)})));
  EXPECT_EQ(drain(*text_of(drops(bytes)), 1), at_once);
  return at_once;
}

TEST(TextStream, PassesTextOn) {
  EXPECT_EQ(check("hello"), "hello");
  EXPECT_EQ(check("a"), "a");
  EXPECT_EQ(check("\xC3\xA9"), "\xC3\xA9");
}

TEST(TextStream, PassesOverOneByteOrderMark) {
  EXPECT_EQ(check("\xEF\xBB\xBFhello"), "hello");
  EXPECT_EQ(check("\xEF\xBB\xBF"), "");
  EXPECT_EQ(check("\xEF\xBB\xBF\xEF\xBB\xBF"), "\xEF\xBB\xBF");
}

TEST(TextStream, RefusesUtf16) {
  const std::string refusal =
      "!input.encoding: read pieces:1: this is UTF-16; convert it with: iconv -f UTF-16 -t UTF-8";
  EXPECT_EQ(check({"\xFF\xFEh\0", 4}), refusal);
  EXPECT_EQ(check({"\xFE\xFF\0h", 4}), refusal);
}

TEST(TextStream, WaitsForAPipe) {
  EXPECT_EQ(drain(*text_of(pieces({"\xEF", kWait, "\xBB\xBFx"}))), "x");
}

}  // namespace
}  // namespace penstock::sources
