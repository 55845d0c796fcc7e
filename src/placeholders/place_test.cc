// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The escapers, byte by byte.
#include "placeholders/place.h"

#include <gtest/gtest.h>

namespace penstock::placeholders {
namespace {

std::string shown(const Result<std::string>& result) {
  return result ? *result : result.error().kind + ": " + result.error().message;
}

// All bytes that the place lets through as they are.
std::string kept(Place place) {
  std::string kept;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const auto escaped = escape_for(place, text);
    if (escaped && *escaped == text && byte < 0x80) kept += text;
  }
  return kept;
}

std::string ascii(char first, char last) {
  std::string all;
  for (int c = first; c <= last; ++c) all += static_cast<char>(c);
  return all;
}

TEST(Place, KeepsExactlyThese) {
  const std::string digits = ascii('0', '9');
  const std::string letters = ascii('A', 'Z') + "_" + ascii('a', 'z');
  EXPECT_EQ(kept(Place::url), "-." + digits + letters + "~");
  EXPECT_EQ(kept(Place::query), "-." + digits + letters + "~");
  EXPECT_EQ(kept(Place::form), "*-." + digits + letters);
  EXPECT_EQ(kept(Place::header), "\t" + ascii(' ', '~'));
  EXPECT_EQ(kept(Place::json), " !" + ascii('#', '[') + ascii(']', '\x7f'));
  EXPECT_EQ(kept(Place::path), ascii(' ', '$') + ascii('&', '.') + ascii('0', '~'));
  EXPECT_EQ(kept(Place::argv), ascii('\1', '\x7f'));
  EXPECT_EQ(kept(Place::plain), ascii('\0', '\x7f'));
}

TEST(Place, NonAsciiIsKeptWhereItMay) {
  EXPECT_EQ(shown(escape_for(Place::path, "é")), "é");
  EXPECT_EQ(shown(escape_for(Place::header, "é")), "é");
  EXPECT_EQ(shown(escape_for(Place::argv, "é")), "é");
  EXPECT_EQ(shown(escape_for(Place::query, "é")), "%C3%A9");
  EXPECT_EQ(shown(escape_for(Place::form, "é ")), "%C3%A9+");
}

TEST(Place, UrlsAreNotEncodedTwice) {
  EXPECT_EQ(shown(as_url("https://h/a%20b c%zz%4?x=é&y=[1]#f{}|\"<>\\^`")),
            "https://h/a%20b%20c%25zz%254?x=%C3%A9&y=[1]#f%7B%7D%7C%22%3C%3E%5C%5E%60");
  EXPECT_EQ(shown(as_url("HTTP://H/")), "HTTP://H/");
}

TEST(Place, OnlyHttpUrls) {
  for (const char* text :
       {"", "http://", "file:///etc/passwd", "ftp://h/", "gopher://h", "data:text/plain,x",
        "unix:/x", "//h/x", "/x", " http://h", "httpx://h", "https:/h"}) {
    EXPECT_EQ(shown(as_url(text)), "url.scheme: not a URL that begins with http:// or https://")
        << text;
  }
  EXPECT_EQ(shown(as_url("http://h/\r\nX: y")), "url.syntax: a control character in a URL");
}

TEST(Place, LiteralsOfAJobAreChecked) {
  EXPECT_TRUE(check_literal(Place::plain, "a\nb"));
  EXPECT_FALSE(check_literal(Place::header, "a\nb"));
  EXPECT_FALSE(check_literal(Place::url, "a\nb"));
  EXPECT_FALSE(check_literal(Place::argv, std::string_view("\0", 1)));
  EXPECT_FALSE(check_literal(Place::path, std::string_view("\0", 1)));
}

}  // namespace
}  // namespace penstock::placeholders
