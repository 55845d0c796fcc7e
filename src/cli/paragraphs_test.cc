// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/paragraphs.h"

#include <gtest/gtest.h>

namespace penstock::cli {
namespace {

TEST(Paragraphs, FillLines) {
  EXPECT_EQ(wrapped("one two three four", 0, 9), "one two\nthree\nfour\n");
  EXPECT_EQ(wrapped("one\ntwo", 0, 80), "one two\n");
  EXPECT_EQ(wrapped("one two", 2, 5), "  one\n  two\n");
  EXPECT_EQ(wrapped("", 2, 80), "");
}

TEST(Paragraphs, BlankLinesDivideAndIndentedLinesStay) {
  EXPECT_EQ(wrapped("a b\n\nc d", 1, 80), " a b\n\n c d\n");
  EXPECT_EQ(wrapped("see:\n  x  =  1\nthen", 2, 80), "  see:\n    x  =  1\n  then\n");
}

TEST(Paragraphs, LaterLinesStandBelowTheFirstGap) {
  EXPECT_EQ(wrapped("  -n  one two three four", 1, 24), "   -n  one two three\n       four\n");
  EXPECT_EQ(wrapped("  --long-option  one two three four", 0, 24),
            "  --long-option  one two\n    three four\n");
  EXPECT_EQ(wrapped("  one two\nthree", 0, 80), "  one two\nthree\n");
}

TEST(Paragraphs, AWideWordStandsAlone) {
  EXPECT_EQ(wrapped("a incomprehensibilities b", 0, 10), "a\nincomprehensibilities\nb\n");
}

}  // namespace
}  // namespace penstock::cli
