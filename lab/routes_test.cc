// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Each route, asked directly.
#include "routes.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace penstock::lab {
namespace {

namespace json = boost::json;

Answer ask(std::string_view raw, std::string body = "") {
  Site site;
  Request request;
  request.method = "POST";
  request.headers = {{"Host", "h:1"}, {"X-A", "b\xff"}};
  request.body = std::move(body);
  return route(site, request, parse_target(raw));
}

json::value ask_json(std::string_view raw, std::string body = "") {
  return json::parse(body_text(ask(raw, std::move(body)).body));
}

TEST(Routes, ok_is_one_kibibyte) { EXPECT_EQ(body_bytes(ask("/ok").body), 1024u); }

TEST(Routes, unknown_paths_are_404) {
  for (const auto* path :
       {"/none", "/okay", "/ok/", "/files", "/files/x", "/robots.txt", "/items?page=4"}) {
    EXPECT_EQ(ask(path).status, 404) << path;
  }
}

TEST(Routes, echo_says_what_came) {
  const auto echo = ask_json("/echo?a=1&b=%00", "body");
  EXPECT_EQ(echo.at("query").at("a").as_string(), "1");
  EXPECT_EQ(echo.at("headers").at("X-A").as_string(), "b\xEF\xBF\xBD");
  EXPECT_EQ(echo.at("body").as_string(), "body");
  EXPECT_EQ(echo.at("method").as_string(), "POST");
}

TEST(Routes, items_lead_from_page_to_page) {
  const auto first = ask_json("/items?pages=2&per_page=2&delay=1ms");
  EXPECT_EQ(first.at("items").as_array().size(), 2u);
  EXPECT_EQ(first.at("next").as_string(), "/items?pages=2&per_page=2&delay=1ms&page=2");
  const auto last = ask_json("/items?pages=2&per_page=2&page=2");
  EXPECT_EQ(last.at("items").at(1).at("id").as_int64(), 4);
  EXPECT_TRUE(last.at("next").is_null());
  EXPECT_EQ(ask_json("/items?pages=2&page=2&cycle=1").at("next").as_string(),
            "/items?pages=2&page=1&cycle=1");
  EXPECT_NE(ask("/items").header_lines.find("Link: </items?page=2>; rel=\"next\""),
            std::string::npos);
}

TEST(Routes, deep_is_as_deep_as_asked) {
  EXPECT_EQ(body_text(ask("/deep?depth=3").body), "[[[]]]");
  EXPECT_EQ(ask("/deep?depth=x").status, 400);
}

TEST(Routes, list_names_every_route) {
  const auto list = body_text(ask("/").body);
  for (const auto* path : {"/ok", "/files/", "/search", "/items", "/echo", "/deep", "/stats"}) {
    EXPECT_NE(list.find(path), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace penstock::lab
