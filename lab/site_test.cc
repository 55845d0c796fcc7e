// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A folder opened as a site.
#include "site.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace penstock::lab {
namespace {

namespace fs = std::filesystem;

TEST(Site, indexes_pages_up_to_a_number) {
  const auto top = fs::path(::testing::TempDir()) / ("lab_site_" + std::to_string(getpid()));
  fs::create_directories(top);
  std::ofstream(top / "a.html") << "<title>One</title><p>fox";
  std::ofstream(top / "b.txt") << "fox and <p>";
  std::ofstream(top / "robots.txt") << "User-agent: *";
  const auto all = open_site({top.string(), 100, (top / "robots.txt").string(), 3});
  const auto one = open_site({top.string(), 1, "", 0});
  ASSERT_TRUE(all && one);
  EXPECT_EQ((*all).index.search("fox").size(), 2u);
  EXPECT_EQ((*all).index.search("p").size(), 1u);
  EXPECT_EQ(*(*all).robots, "User-agent: *");
  EXPECT_EQ((*one).index.pages(), 1u);
  EXPECT_EQ((*one).index.page(0).title, "One");
  fs::remove_all(top);
}

TEST(Site, says_what_cannot_be_read) {
  EXPECT_FALSE(open_site({"/nonexistent", 1, "", 0}));
  EXPECT_FALSE(open_site({"", 1, "/nonexistent", 0}));
  EXPECT_TRUE(open_site({}));
}

}  // namespace
}  // namespace penstock::lab
