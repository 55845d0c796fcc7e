// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Pages in, words out.
#include "page_text.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

std::string text(std::string_view html) { return html_text(html).text; }

TEST(PageText, leaves_markup_out) {
  EXPECT_EQ(text("<p>one</p><p>two <b>th</b>ree</p>"), "one two three");
  EXPECT_EQ(text("a<!-- b < c --><script>x<y</SCRIPT>d<style>p{}</style> e"), "a d e");
  EXPECT_EQ(text("a&nbsp;&mdash;b"), "a \u2014b");
  EXPECT_EQ(text("a &amp;&lt;b&gt; &unknown; &nbsp; c"), "a &<b> &unknown; c");
}

TEST(PageText, finds_the_title) {
  const auto page = html_text("<html><head><Title>\n A &amp; B </title></head><body>x</body>");
  EXPECT_EQ(page.title, "A & B");
  EXPECT_EQ(page.text, "x");
  EXPECT_EQ(plain_text("\n first line\nsecond & third").title, "first line");
  EXPECT_EQ(plain_text("\n first line\nsecond & third").text, "first line second & third");
}

TEST(PageText, survives_broken_pages) {
  for (const auto* broken : {"<", "a<", "<!--", "<script>", "<title>", "<title", "</", "<p", "&"}) {
    EXPECT_LE(text(broken).size(), 1u) << broken;
  }
}

TEST(PageText, words_are_letters_digits_and_other_bytes) {
  const auto words = words_of("add_library(X2) größe");
  ASSERT_EQ(words.size(), 4u);
  EXPECT_EQ(words[1].text, "library");
  EXPECT_EQ(words[1].offset, 4u);
  EXPECT_EQ(words[2].text, "X2");
  EXPECT_EQ(words[3].text, "größe");
  EXPECT_EQ(lowered("AbÄ"), "abÄ");
}

}  // namespace
}  // namespace penstock::lab
