// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which charset counts, and that every byte becomes UTF-8.
#include "steps/charset.h"

#include <gtest/gtest.h>

#include "core/utf8.h"

namespace penstock::steps {
namespace {

using namespace std::string_view_literals;

std::string check(std::string_view bytes, std::string_view charset) {
  auto text = to_utf8(bytes, charset);
  if (!text) return text.error().kind;
  EXPECT_TRUE(utf8::is_valid(*text));
  return *text;
}

TEST(Charset, HeaderThenMarkThenMetaThenUtf8) {
  const auto html = "<html><meta charset=windows-1251>"sv;
  EXPECT_EQ(charset_of(html, "koi8-r", Markup::html), "koi8-r");
  EXPECT_EQ(charset_of("\xef\xbb\xbf<meta charset=koi8-r>", "", Markup::html), "utf-8");
  EXPECT_EQ(charset_of("\xff\xfe<\0"sv, "", Markup::html), "utf-16le");
  EXPECT_EQ(charset_of("\xfe\xff\0<"sv, "", Markup::none), "utf-16be");
  EXPECT_EQ(charset_of(html, "", Markup::html), "windows-1251");
  EXPECT_EQ(charset_of(html, "", Markup::none), "utf-8");
  EXPECT_EQ(charset_of("plain", "", Markup::html), "utf-8");
}

TEST(Charset, MetaInItsSpellings) {
  const auto meta = [](std::string_view html) { return charset_of(html, "", Markup::html); };
  EXPECT_EQ(meta(R"(<META http-equiv="Content-Type" content="text/html; charset=KOI8-R">)"),
            "koi8-r");
  EXPECT_EQ(meta(R"(<meta name=x><meta charset = 'euc-jp' />)"), "euc-jp");
  EXPECT_EQ(meta(R"(<meta charset="utf-16">)"), "utf-8");
  EXPECT_EQ(meta("<meta charset"), "utf-8");
  EXPECT_EQ(meta("<meta charset="), "utf-8");
  EXPECT_EQ(meta(std::string(2000, ' ') + "<meta charset=koi8-r>"), "utf-8");
}

TEST(Charset, BrowsersSupersets) {
  EXPECT_EQ(charset_of("", "ISO-8859-1", Markup::none), "windows-1252");
  EXPECT_EQ(charset_of("", "GB2312", Markup::none), "gb18030");
}

TEST(Charset, Converts) {
  EXPECT_EQ(check("caf\xe9 \x80", "windows-1252"), "café €");
  EXPECT_EQ(check("\xcf\xf0\xe8", "windows-1251"), "При");
  EXPECT_EQ(check("\x93\xfa\x96\x7b", "cp932"), "日本");
  EXPECT_EQ(check("\xff\xfeh\0i\0"sv, "utf-16le"), "hi");
  EXPECT_EQ(check("\xef\xbb\xbfhi", "utf-8"), "hi");
}

TEST(Charset, EveryDebianSupersetIsKnownToIconv) {
  for (const auto* name : {"windows-1254", "windows-874", "gb18030", "cp949", "big5-hkscs",
                           "euc-jp", "iso-2022-jp", "koi8-u", "macintosh", "iso-8859-15"}) {
    EXPECT_EQ(check("abc", name), "abc") << name;
  }
}

TEST(Charset, BrokenTextIsMarked) {
  EXPECT_EQ(check("a\xff\xfe"
                  "b",
                  "utf-8"),
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(check("\x93", "cp932"), "\xEF\xBF\xBD");
  EXPECT_EQ(check("a\0\xd8"sv, "utf-16le").substr(0, 1), "a");
}

TEST(Charset, UnknownNamesAreErrors) {
  EXPECT_EQ(check("a", "klingon"), "text.charset");
  EXPECT_EQ(check("a", "ascii//TRANSLIT"), "text.charset");
  EXPECT_EQ(check("a", std::string(5000, 'x')), "text.charset");
  EXPECT_EQ(check("a", "\x1b[31m"), "text.charset");
}

}  // namespace
}  // namespace penstock::steps
