// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Pages in, text out; and pages that were made to hurt.
#include "steps/html_text.h"

#include <gtest/gtest.h>

namespace penstock::steps {
namespace {

void check(std::string_view html, std::string_view text) {
  const auto page = html_to_text(html);
  ASSERT_TRUE(page) << html;
  EXPECT_EQ(page->text, text) << html;
}

std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(HtmlText, Title) {
  const auto title = [](std::string_view html) { return html_to_text(html)->title; };
  EXPECT_EQ(title("<html><head><title> A &amp;\n B </title></head><body>x"), "A & B");
  EXPECT_EQ(title("<title>A</title><p>x"), "A");
  EXPECT_EQ(title("<p>x"), "");
  EXPECT_EQ(title("<title>A</title><body><svg><title>B</title></svg><title>C</title>"), "A");
  EXPECT_EQ(title("<svg><title>B</title></svg>"), "");
}

TEST(HtmlText, Paragraphs) {
  check("<h1>Head</h1><p>One <b>bo</b>ld\n word.<p>Two", "Head\n\nOne bold word.\n\nTwo");
  check("<div>a</div><div>b<div>c</div></div>", "a\nb\nc");
  check("a<br>b<br/><br>c", "a\nb\nc");
  check("  <p>  </p> <p></p> x ", "x");
  check("", "");
  check("no markup at all", "no markup at all");
}

TEST(HtmlText, Lists) {
  check("x<ul><li>a<li>b<ul><li>c</li></ul></li><li>d</ul>y", "x\n\n- a\n- b\n  - c\n- d\n\ny");
  check("<ol><li><p>a</p><li><p>b</p></ol>", "- a\n\n- b");
  check("<dl><dt>t<dd>d</dl>", "t\nd");
}

TEST(HtmlText, Tables) {
  check("<table><tr><th>a<th>b<tr><td>1</td> <td>2</td></tr></table>z", "a\tb\n1\t2\n\nz");
}

TEST(HtmlText, PreformattedKeepsItsBlanks) {
  check("<p>x<pre>  a\n    b</pre>y  z", "x\n\n  a\n    b\n\ny z");
}

TEST(HtmlText, Entities) {
  check("&lt;b&gt; &amp; &#8364;&#x20AC; &eacute;&nbsp;x &unknown;", "<b> & €€ é x &unknown;");
}

TEST(HtmlText, WhatIsNoTextIsLeftOut) {
  check(
      "<body>a<script>var x='<p>no</p>';</script><style>p{}</style><noscript>n</noscript>"
      "<template><p>t</p></template><svg><text>s</text></svg><iframe>f</iframe>"
      "<!-- c --><p hidden>h</p><?php echo ?> b",
      "a b");
}

TEST(HtmlText, FurnitureOnRequest) {
  const auto* html = "<nav>menu</nav><main>x</main><aside>ad</aside><footer>f</footer>";
  EXPECT_EQ(html_to_text(html, Furniture::drop)->text, "x");
  EXPECT_EQ(html_to_text(html, Furniture::keep)->text, "menu\nx\nad\nf");
}

TEST(HtmlText, CharactersAcrossChunks) {
  const std::string html = "<p>" + repeat("日本語é ", 20'000);
  const auto page = html_to_text(html);
  ASSERT_TRUE(page);
  std::string wanted = repeat("日本語é ", 20'000);
  wanted.pop_back();
  EXPECT_EQ(page->text, wanted);
}

TEST(HtmlText, ZeroBytesDoNotEndThePage) {
  check(std::string_view("<p>a\0b<p>\0c", 11), "ab\n\nc");
  check("a\x01\x1b[31mb", "a[31mb");
}

TEST(HtmlText, DeepNestingOfRealPagesIsFine) {
  const auto page = html_to_text(repeat("<font>x ", 3'000));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->text.size(), 3'000U * 2 - 1);
}

TEST(HtmlText, HostileNestingIsRefused) {
  for (const auto& html :
       {repeat("<div>", 200'000), repeat("<b>", 1'000'000), repeat("<ul><li>", 200'000),
        repeat("<div>", 3'000) + repeat("</b>", 2'000'000)}) {
    const auto page = html_to_text(html);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, "text.too_deep");
  }
}

TEST(HtmlText, HostilePagesEnd) {
  for (const auto& html :
       {"<!--" + repeat("x", 5 << 20), "<a x='" + repeat("x", 5 << 20), repeat("<p ", 1 << 20),
        "<script>" + repeat("</scrip", 1 << 19), repeat("&", 1 << 20), repeat("<", 1 << 20),
        repeat("<a b='", 1 << 19), repeat("<!", 1 << 20), repeat("<![CDATA[", 1 << 19),
        repeat("<x y>", 1000)}) {
    (void)html_to_text(html);
  }
}

}  // namespace
}  // namespace penstock::steps
