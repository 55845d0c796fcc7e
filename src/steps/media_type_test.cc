// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Types as servers write them.
#include "steps/media_type.h"

#include <gtest/gtest.h>

namespace penstock::steps {
namespace {

void check(std::string_view header, std::string_view type, std::string_view charset) {
  const MediaType media = parse_media_type(header);
  EXPECT_EQ(media.type, type) << header;
  EXPECT_EQ(media.charset, charset) << header;
}

TEST(MediaType, Reads) {
  check("text/html", "text/html", "");
  check("Text/HTML; Charset=UTF-8", "text/html", "utf-8");
  check("text/html;charset=\"iso-8859-1\"", "text/html", "iso-8859-1");
  check("text/html; charset='utf-8'", "text/html", "utf-8");
  check("text/plain; x=\"a;charset=no\"; charset=big5", "text/plain", "big5");
  check("text/plain; charset=a; charset=b", "text/plain", "a");
  check(" text/plain ;", "text/plain", "");
  check("", "", "");
  check("nonsense", "", "");
  check("text/\x1b[31m", "", "");
  check("text/html text/plain", "", "");
  check("text/html; charset", "text/html", "");
  check("text/html; charset=\"", "text/html", "\"");
}

TEST(MediaType, Kinds) {
  EXPECT_TRUE(parse_media_type("application/xhtml+xml").is_html());
  EXPECT_TRUE(parse_media_type("application/problem+json").is_json());
  EXPECT_TRUE(parse_media_type("application/atom+xml").is_text());
  EXPECT_FALSE(parse_media_type("image/png").is_text());
  EXPECT_FALSE(parse_media_type("").is_text());
}

TEST(MediaType, Accepts) {
  const auto accepts = [](std::string_view header, std::vector<std::string> accept) {
    return is_accepted(parse_media_type(header), accept);
  };
  EXPECT_TRUE(accepts("text/html; charset=x", {"text/html"}));
  EXPECT_TRUE(accepts("text/html", {"application/json", "text/*"}));
  EXPECT_FALSE(accepts("texture/html", {"text/*"}));
  EXPECT_TRUE(accepts("image/png", {"*/*"}));
  EXPECT_TRUE(accepts("image/png", {}));
  EXPECT_FALSE(accepts("application/pdf", {"text/html", "text/plain"}));
  EXPECT_FALSE(accepts("", {"text/html"}));
  EXPECT_TRUE(accepts("", {"application/octet-stream"}));
}

TEST(MediaType, SniffsHtml) {
  EXPECT_TRUE(looks_like_html("\n <!DOCTYPE html><p>x"));
  EXPECT_TRUE(looks_like_html("\xef\xbb\xbf<HTML>"));
  EXPECT_TRUE(looks_like_html("<!-- x -->"));
  EXPECT_FALSE(looks_like_html("{\"a\":1}"));
  EXPECT_FALSE(looks_like_html("<?xml version='1.0'?>"));
  EXPECT_FALSE(looks_like_html(""));
}

}  // namespace
}  // namespace penstock::steps
