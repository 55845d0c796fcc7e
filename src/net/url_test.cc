// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Normal form, refusals and relative references.
#include "net/url.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace penstock::net {
namespace {

std::string normal(std::string_view text) {
  auto url = parse_url(text);
  return url ? url->text : url.error().kind;
}

std::string key(std::string_view text) {
  auto url = parse_url(text);
  return url ? url->host_key() : url.error().kind;
}

std::string resolved(std::string_view base, std::string_view reference) {
  auto url = parse_url(base);
  if (!url) return url.error().kind;
  auto target = resolve_url(*url, reference);
  return target ? target->text : target.error().kind;
}

TEST(Url, NormalForm) {
  EXPECT_EQ(normal("http://Example.ORG"), "http://example.org/");
  EXPECT_EQ(normal("HTTP://example.org:80/a/../b?q=1#frag"), "http://example.org/b?q=1");
  EXPECT_EQ(normal("https://example.org:443/"), "https://example.org/");
  EXPECT_EQ(normal("https://example.org:8443/"), "https://example.org:8443/");
  EXPECT_EQ(normal("http://[::1]:8080/x"), "http://[::1]:8080/x");
  EXPECT_EQ(normal("http://a.org/two words"), "http://a.org/two%20words");
  EXPECT_EQ(normal("http://a.org/\xc3\xa9"), "http://a.org/%c3%a9");
}

TEST(Url, OddAddressSpellingsBecomeFourDecimals) {
  EXPECT_EQ(normal("http://0177.0.0.1/"), "http://127.0.0.1/");
  EXPECT_EQ(normal("http://2130706433/"), "http://127.0.0.1/");
  EXPECT_EQ(normal("http://0x7f.1/"), "http://127.0.0.1/");
  EXPECT_EQ(normal("http://127.1/"), "http://127.0.0.1/");
  EXPECT_EQ(normal("http://%30x7f.1/"), "http://127.0.0.1/");
}

TEST(Url, OnlyHttpAndHttps) {
  for (const auto* text : {"file:///etc/passwd", "ftp://a.org/", "gopher://a.org/", "ldap://a/",
                           "smb://a/b", "telnet://a/"}) {
    EXPECT_EQ(normal(text), "url.scheme") << text;
  }
  EXPECT_NE(normal("javascript:alert(1)").substr(0, 4), "http");
  EXPECT_NE(normal("data:text/html,x").substr(0, 4), "http");
}

TEST(Url, SyntaxErrors) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "example.org/x"sv, "http://"sv, "http://a.org:0/"sv,
                          "http://a.org:70000/"sv, "http://a b.org/"sv, "http://a.org/\r\nX: 1"sv,
                          "http://a.org/\x01"sv, "http://a.org/\0b"sv, "http://\xc3\xa4.org/"sv,
                          "http://%C3%A4.org/"sv, "http://a%7f.org/"sv, "http://a%25.org/"sv}) {
    EXPECT_EQ(normal(text), "url.syntax") << text;
  }
  EXPECT_EQ(normal("http://a.org/" + std::string(kUrlBytesMax, 'a')), "url.syntax");
}

TEST(Url, MessagesAreOneLineOfText) {
  EXPECT_EQ(parse_url("http://a\r\n\x1b[31m").error().message,
            "not an absolute URL: http://a???[31m");
}

TEST(Url, UserInfoIsRefusedAndNotRepeated) {
  const auto url = parse_url("http://me:hunter2@a.org/");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().kind, "url.userinfo");
  EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos);
}

TEST(Url, HostKey) {
  EXPECT_EQ(key("http://A.org/x"), "a.org");
  EXPECT_EQ(key("http://a.org./x"), "a.org");
  EXPECT_EQ(key("https://a.org:443/"), "a.org");
  EXPECT_EQ(key("https://a.org:80/"), "a.org:80");
  EXPECT_EQ(key("http://127.0.0.1:8081/"), "127.0.0.1:8081");
}

TEST(Url, TheQuickLookAgreesWithTheParser) {
  const auto check = [](const std::string& text) {
    const auto quick = parse_url(text);
    const auto slow = parse_any_url(text);
    ASSERT_EQ(quick.has_value(), slow.has_value()) << text;
    if (!quick) return;
    EXPECT_EQ(quick->text, slow->text) << text;
    EXPECT_EQ(quick->scheme, slow->scheme) << text;
    EXPECT_EQ(quick->host, slow->host) << text;
    EXPECT_EQ(quick->port, slow->port) << text;
    EXPECT_EQ(quick->target, slow->target) << text;
  };
  const std::vector<std::string> schemes = {"http://", "https://", "http:/", "HTTP://", "http"};
  const std::vector<std::string> hosts = {
      "a.org",  "A.org",    "a.org.",     "a",         "a-b.c-d",   "a_b.org",    "127.0.0.1",
      "127.1",  "0x7f.1",   "0177.0.0.1", "1.2.3.4.5", "256.1.1.1", "a.0x1",      "1.a",
      "[::1]",  "u@a.org",  "u:p@a.org",  "",          ".",         "..",         "a..b",
      "-a.org", "a.org%20", "a.1e",       "999999999", "a b",       "xn--4ca.org"};
  const std::vector<std::string> ports = {"",       ":80",    ":443", ":8080", ":0",   ":",
                                          ":65535", ":65536", ":080", ":x",    ":1:2", ":+1"};
  const std::vector<std::string> targets = {
      "",    "/",          "/a/b",       "/a/./b",    "/a/../b",      "/..",     "/.a",
      "//",  "/a//b",      "/%41%zz",    "/a b",      "/a?b=c",       "/?/../x", "/a#f",
      "?q",  "#f",         "/a;b=c:d@e", "/\\x",      "/{x}",         "/a|b",    "/\"",
      "/a?", "/a?b?c=/./", "/\x7f",      "/\xc3\xa9", "/~a!$&'()*+,", "/a%",     "/^`<>"};
  for (const auto& scheme : schemes) {
    for (const auto& host : hosts) {
      for (const auto& port : ports) {
        for (const auto& target : targets) check(scheme + host + port + target);
      }
    }
  }
}

TEST(Url, References) {
  EXPECT_EQ(resolved("http://a.org/x/y?q=1", "z"), "http://a.org/x/z");
  EXPECT_EQ(resolved("http://a.org/x/y", "/z?p=2"), "http://a.org/z?p=2");
  EXPECT_EQ(resolved("http://a.org/x/y", "?p=2"), "http://a.org/x/y?p=2");
  EXPECT_EQ(resolved("http://a.org/x/y", "//b.org/"), "http://b.org/");
  EXPECT_EQ(resolved("http://a.org/x/y", "https://b.org/k"), "https://b.org/k");
  EXPECT_EQ(resolved("http://a.org/x/y", "file:///etc/passwd"), "url.scheme");
  EXPECT_EQ(resolved("http://a.org/x/y", "http://u:p@b.org/"), "url.userinfo");
  EXPECT_EQ(resolved("http://a.org/x/y", "../../../z"), "http://a.org/z");
}

TEST(Url, Target) {
  EXPECT_EQ(parse_url("http://a.org")->target, "/");
  EXPECT_EQ(parse_url("http://a.org/a/b?c=d&e")->target, "/a/b?c=d&e");
}

TEST(Url, Origin) {
  const Url here = *parse_url("http://a.org/x");
  EXPECT_TRUE(here.same_origin(*parse_url("http://a.org:80/y")));
  EXPECT_FALSE(here.same_origin(*parse_url("https://a.org/x")));
  EXPECT_FALSE(here.same_origin(*parse_url("http://a.org:81/x")));
  EXPECT_FALSE(here.same_origin(*parse_url("http://b.org/x")));
}

}  // namespace
}  // namespace penstock::net
