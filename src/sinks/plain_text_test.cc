// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/plain_text.h"

#include <gtest/gtest.h>

namespace penstock::sinks {
namespace {

std::string text(std::string_view json) {
  std::string scratch;
  return std::string(plain_text(json, scratch));
}

TEST(PlainText, DecodesStringsAlone) {
  EXPECT_EQ(text(R"("a\nb")"), "a\nb");
  EXPECT_EQ(text(R"("null")"), "null");
  EXPECT_EQ(text("null"), "");
  EXPECT_EQ(text("1.50"), "1.50");
  EXPECT_EQ(text("true"), "true");
  EXPECT_EQ(text(R"({"a":"\n"})"), R"({"a":"\n"})");
  EXPECT_EQ(text(""), "");
}

}  // namespace
}  // namespace penstock::sinks
