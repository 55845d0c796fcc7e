// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Chains that must end: redirects and following pages.
#include "engine/redirect.h"

#include <gtest/gtest.h>

namespace penstock::engine {
namespace {

std::string verdict(const Status& status) { return status ? "ok" : status.error().kind; }

TEST(Redirect, FollowsHttpUpToTheLimit) {
  Item item;
  EXPECT_EQ(verdict(check_redirect(item, "https://b.test/x", 2)), "ok");
  item.hops = 1;
  EXPECT_EQ(verdict(check_redirect(item, "http://b.test/x", 2)), "ok");
  item.hops = 2;
  EXPECT_EQ(verdict(check_redirect(item, "http://b.test/x", 2)), "redirect.too_many");
}

TEST(Redirect, RefusesOtherSchemes) {
  for (const char* link : {"file:///etc/passwd", "gopher://b.test/", "data:,x", "//b.test/", ""}) {
    EXPECT_EQ(verdict(check_redirect(Item(), link, 9)), "redirect.scheme") << link;
  }
}

TEST(FollowingPage, RefusesToGoInCircles) {
  Item first;
  Item second;
  second.own.hop = "http://a.test/?page=2";
  second.own.index = 1;
  ASSERT_EQ(verdict(check_page(first, second, 10)), "ok");
  Item third;
  third.own.hop = "http://a.test/?page=3";
  third.own.index = 2;
  ASSERT_EQ(verdict(check_page(second, third, 10)), "ok");
  Item again;
  again.own.hop = second.own.hop;
  again.own.index = 3;
  EXPECT_EQ(verdict(check_page(third, again, 10)), "next.cycle");
}

TEST(FollowingPage, RefusesMoreThanPagesMax) {
  Item page;
  page.own.hop = "http://a.test/?page=3";
  page.own.index = 2;
  EXPECT_EQ(verdict(check_page(Item(), page, 3)), "ok");
  EXPECT_EQ(verdict(check_page(Item(), page, 2)), "next.too_many");
}

}  // namespace
}  // namespace penstock::engine
