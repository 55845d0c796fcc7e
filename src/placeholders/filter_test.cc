// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every filter as the manual shows it.
#include "placeholders/filter.h"

#include <gtest/gtest.h>

namespace penstock::placeholders {
namespace {

std::string filtered(std::string_view filter, std::string_view text) {
  const auto parsed = parse_filter(filter);
  if (!parsed) return parsed.error().kind + ": " + parsed.error().message;
  const auto result = apply_filter(*parsed, text);
  return result ? *result : result.error().kind + ": " + result.error().message;
}

TEST(Filter, Case) {
  EXPECT_EQ(filtered("lower", "ABC É i"), "abc É i");
  EXPECT_EQ(filtered("upper", "abc é I"), "ABC é I");
}

TEST(Filter, Trim) {
  EXPECT_EQ(filtered("trim", " \t a b\r\n"), "a b");
  EXPECT_EQ(filtered("trim", " \n"), "");
}

TEST(Filter, Pad) {
  EXPECT_EQ(filtered("pad:3", "7"), "007");
  EXPECT_EQ(filtered("pad:3", "-7"), "-07");
  EXPECT_EQ(filtered("pad:3", "1234"), "1234");
  EXPECT_EQ(filtered("pad:3", "é"), "00é");
  EXPECT_EQ(filtered("pad:2", ""), "00");
}

TEST(Filter, Truncate) {
  EXPECT_EQ(filtered("truncate:2", "été"), "ét");
  EXPECT_EQ(filtered("truncate:9", "été"), "été");
}

TEST(Filter, Hash) {
  EXPECT_EQ(filtered("hash:8", "penstock").size(), 8U);
  EXPECT_EQ(filtered("hash", "penstock").substr(0, 8), filtered("hash:8", "penstock"));
  EXPECT_EQ(filtered("hash", "penstock").size(), 16U);
  EXPECT_NE(filtered("hash:8", "a"), filtered("hash:8", "b"));
}

TEST(Filter, PartsOfPaths) {
  const auto parts = [](std::string_view path) {
    return filtered("dirname", path) + "|" + filtered("basename", path) + "|" +
           filtered("stem", path) + "|" + filtered("ext", path);
  };
  EXPECT_EQ(parts("in/a.b.txt"), "in|a.b.txt|a.b|txt");
  EXPECT_EQ(parts("a"), ".|a|a|");
  EXPECT_EQ(parts("/a.gz"), "/|a.gz|a|gz");
  EXPECT_EQ(parts("/x//a/"), "/x|a|a|");
  EXPECT_EQ(parts(".bashrc"), ".|.bashrc|.bashrc|");
  EXPECT_EQ(parts("x/..rc.d"), "x|..rc.d|..rc|d");
  EXPECT_EQ(parts("a."), ".|a.|a|");
  EXPECT_EQ(parts("/"), "/|/|/|");
  EXPECT_EQ(parts(""), ".|||");
  EXPECT_EQ(parts(".."), ".|..|..|");
}

TEST(Filter, Host) {
  EXPECT_EQ(filtered("host", "https://Export.arXiv.org:443/abs?u=http://y/"), "export.arxiv.org");
  EXPECT_EQ(filtered("host", "http://user:pa@ss@h"), "h");
  EXPECT_EQ(filtered("host", "http://[::1]:8080/"), "[::1]");
  EXPECT_EQ(filtered("host", "http://h?x@y"), "h");
  EXPECT_EQ(filtered("host", "not a url"), "url.syntax: not a URL with a host");
  EXPECT_EQ(filtered("host", "http:///x"), "url.syntax: not a URL with a host");
}

TEST(Filter, Encodings) {
  EXPECT_EQ(filtered("urlencode", "a b/c~é"), "a%20b%2Fc~%C3%A9");
  EXPECT_EQ(filtered("json", "a\"b"), R"("a\"b")");
  EXPECT_EQ(filtered("slug", "Hello, World"), "hello-world");
  EXPECT_EQ(filtered("slug:24", "a text that is longer than that").size(), 24U);
  EXPECT_EQ(filtered("default:x", "whatever"), "x");
}

TEST(Filter, RefusalsSayWhatIsTaken) {
  EXPECT_EQ(filtered("pad", "x"),
            "job.placeholder: filter \"pad\" takes a number from 1 to 1000, as in pad:1");
  EXPECT_EQ(filtered("hash:33", "x"),
            "job.placeholder: filter \"hash\" takes a number from 1 to 32, as in hash:16");
  for (const char* wrong : {"pad:", "pad:x", "pad:-1", "pad:0", "pad:1001", "pad:1 ", "slug:23",
                            "truncate", "truncate:99999999999999999999"}) {
    EXPECT_EQ(filtered(wrong, "x").substr(0, 16), "job.placeholder:") << wrong;
  }
  EXPECT_EQ(filtered("lower:1", "x"), "job.placeholder: filter \"lower\" takes no argument");
  EXPECT_EQ(filtered("default", "x"),
            "job.placeholder: filter \"default\" takes a text, as in default:none");
  EXPECT_EQ(filtered("Lower", "x"),
            "job.placeholder: unknown filter \"Lower\", did you mean \"lower\"?");
  EXPECT_EQ(filtered("qqqqq", "x"), "job.placeholder: unknown filter \"qqqqq\"");
}

TEST(Filter, NamesAreAll) { EXPECT_EQ(filter_names().size(), 15U); }

}  // namespace
}  // namespace penstock::placeholders
