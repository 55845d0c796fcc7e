// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// RFC 9309 by example: groups, precedence, wildcards, encodings, hostile files.
#include "net/robots.h"

#include <gtest/gtest.h>

namespace penstock::net {
namespace {

bool check(std::string_view text, std::string_view target) {
  return Robots::parse(text, "penstock").allows(target);
}

TEST(Robots, EmptyFileAllowsEverything) {
  EXPECT_TRUE(check("", "/a"));
  EXPECT_TRUE(check("nonsense\n\n:::\n", "/a"));
  EXPECT_TRUE(Robots::allow_all().allows("/a"));
  EXPECT_FALSE(Robots::refuse_all().allows("/a"));
}

TEST(Robots, OurGroupReplacesTheGroupOfAll) {
  const auto* text = "User-agent: *\nDisallow: /\n\nUser-Agent: PenStock/2.0\nDisallow: /private\n";
  EXPECT_TRUE(check(text, "/a"));
  EXPECT_FALSE(check(text, "/private/x"));
  EXPECT_FALSE(Robots::parse(text, "other").allows("/a"));
}

TEST(Robots, GroupsOfOneAgentAreMerged) {
  const auto* text =
      "user-agent: penstock\ndisallow: /a\nuser-agent: x\ndisallow: /\nuser-agent: penstock\n"
      "disallow: /b\n";
  EXPECT_FALSE(check(text, "/a"));
  EXPECT_FALSE(check(text, "/b"));
  EXPECT_TRUE(check(text, "/c"));
}

TEST(Robots, SeveralAgentsShareAGroup) {
  const auto* text = "user-agent: a\nuser-agent: penstock\nuser-agent: b\ndisallow: /x\n";
  EXPECT_FALSE(check(text, "/x"));
}

TEST(Robots, UnknownLinesDoNotEndAGroup) {
  EXPECT_FALSE(check("user-agent: penstock\nsitemap: http://a/\ndisallow: /x\n", "/x"));
}

TEST(Robots, LongestRuleDecidesAndAllowWinsTies) {
  const auto* text =
      "user-agent: *\ndisallow: /shop\nallow: /shop/open\ndisallow: /tie\nallow: /tie\n";
  EXPECT_FALSE(check(text, "/shop/closed"));
  EXPECT_TRUE(check(text, "/shop/open/1"));
  EXPECT_TRUE(check(text, "/tie"));
}

TEST(Robots, Wildcards) {
  const auto* text = "user-agent: *\ndisallow: /*.pdf$\ndisallow: /a*b*c\ndisallow: /q?x=*\n";
  EXPECT_FALSE(check(text, "/x/y.pdf"));
  EXPECT_TRUE(check(text, "/x/y.pdf?z"));
  EXPECT_FALSE(check(text, "/a-b-c-d"));
  EXPECT_TRUE(check(text, "/a-c-b"));
  EXPECT_FALSE(check(text, "/q?x=1"));
  EXPECT_FALSE(check("user-agent: *\ndisallow: /$\n", "/"));
  EXPECT_TRUE(check("user-agent: *\ndisallow: /$\n", "/a"));
  EXPECT_FALSE(check("user-agent: *\ndisallow: /a*aa$\n", "/aaaa"));
}

TEST(Robots, EscapesCompareByMeaning) {
  EXPECT_FALSE(check("user-agent: *\ndisallow: /a%3cd\n", "/a%3Cd"));
  EXPECT_FALSE(check("user-agent: *\ndisallow: /%7Eme\n", "/~me"));
  EXPECT_FALSE(check("user-agent: *\ndisallow: /\xc3\xa9\n", "/%C3%A9"));
  EXPECT_TRUE(check("user-agent: *\ndisallow: /a%2Fb\n", "/a/b"));
}

TEST(Robots, EndsOfLineAndByteOrderMark) {
  EXPECT_FALSE(check("\xef\xbb\xbfUser-agent: *\r\nDisallow: /x # why\r\n", "/x"));
  EXPECT_FALSE(check("User-agent: *\rDisallow: /x\r", "/x"));
}

TEST(Robots, EmptyDisallowAllows) { EXPECT_TRUE(check("user-agent: *\ndisallow:\n", "/x")); }

TEST(Robots, TheFileItselfIsAlwaysAllowed) {
  EXPECT_TRUE(check("user-agent: *\ndisallow: /\n", "/robots.txt"));
}

TEST(Robots, WhatIsBeyondTheLimitIsIgnored) {
  std::string text = "user-agent: *\ndisallow: /early\n";
  text.append(kRobotsBytesMax, '#');
  text += "\ndisallow: /late\n";
  EXPECT_FALSE(check(text, "/early"));
  EXPECT_TRUE(check(text, "/late"));
}

TEST(Robots, RulesAndPathsAreBounded) {
  std::string text = "user-agent: *\n";
  for (std::size_t i = 0; i < kRobotsRulesMax; ++i)
    text += "disallow: /a" + std::to_string(i) + "\n";
  text += "disallow: /late\n";
  EXPECT_FALSE(check(text, "/a1999"));
  EXPECT_TRUE(check(text, "/late"));
  const std::string filler(kRobotsTargetBytesMax, 'x');
  EXPECT_FALSE(check("user-agent: *\ndisallow: /*y\n", "/y" + filler));
  EXPECT_TRUE(check("user-agent: *\ndisallow: /*y\n", "/" + filler + "y"));
}

TEST(Robots, HostilePatternsEnd) {
  std::string text = "user-agent: *\n";
  while (text.size() < kRobotsBytesMax) text += "disallow: /*a*a*a*a*a*a*a*a*b$\n";
  EXPECT_TRUE(check(text, "/" + std::string(2000, 'a')));
}

}  // namespace
}  // namespace penstock::net
