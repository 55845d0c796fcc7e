// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Search as a client sees it.
#include "search_route.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <set>

namespace penstock::lab {
namespace {

namespace json = boost::json;

Site library(std::uint64_t spread) {
  Site site;
  site.spread = spread;
  for (int i = 0; i < 25; ++i) {
    site.index.add("dir/p " + std::to_string(i) + ".html",
                   {"Page", "fox number " + std::to_string(i)});
  }
  return site;
}

json::value search(std::string_view raw, std::uint64_t spread = 0) {
  auto site = library(spread);
  Request request;
  request.headers = {{"Host", "127.0.0.1:8080"}};
  return json::parse(body_text(search_route(site, request, parse_target(raw)).body));
}

TEST(SearchRoute, pages_join_to_all_hits) {
  std::set<std::string> urls;
  std::string next = "/search?q=fox&count=10";
  int pages = 0;
  for (; !next.empty() && pages < 9; ++pages) {
    const auto found = search(next);
    EXPECT_EQ(found.at("total").as_int64() + 0, 25);
    for (const auto& hit : found.at("results").as_array()) {
      urls.insert(std::string(hit.at("url").as_string()));
    }
    next = found.at("next").is_null() ? "" : std::string(found.at("next").as_string());
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(urls.size(), 25u);
  EXPECT_EQ(urls.count("http://127.0.0.1:8080/files/dir/p%200.html"), 1u);
}

TEST(SearchRoute, spreads_pages_over_hosts_for_ever_alike) {
  std::set<std::string> hosts;
  const auto found = search("/search?q=fox&count=25", 8);
  EXPECT_EQ(found, search("/search?q=fox&count=25", 8));
  for (const auto& hit : found.at("results").as_array()) {
    const std::string url(hit.at("url").as_string());
    hosts.insert(url.substr(0, url.find("/files")));
  }
  EXPECT_GT(hosts.size(), 4u);
  EXPECT_LE(*hosts.rbegin(), "http://127.0.0.8:8080");
}

TEST(SearchRoute, refuses_what_it_cannot_read) {
  EXPECT_TRUE(search("/search").as_object().contains("error"));
  EXPECT_TRUE(search("/search?q=fox&count=1001").as_object().contains("error"));
  EXPECT_TRUE(search("/search?q=fox&offset=x").as_object().contains("error"));
  EXPECT_TRUE(search("/search?q=fox&count=0").at("next").is_null());
}

}  // namespace
}  // namespace penstock::lab
