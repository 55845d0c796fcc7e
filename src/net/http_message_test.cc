// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Header lists keep order, fold names, and find the first.
#include "net/http_message.h"

#include <gtest/gtest.h>

namespace penstock::net {
namespace {

TEST(HeaderList, FindsByName) {
  HeaderList headers;
  headers.add("Content-Type", "Text/HTML");
  headers.add("LINK", "a");
  headers.add("Link", "b");
  headers.add("X-Empty", "");
  EXPECT_EQ(headers.size(), 4U);
  EXPECT_EQ(headers.find("content-type"), "Text/HTML");
  EXPECT_EQ(headers.find("link"), "a");
  EXPECT_EQ(headers.find("x-empty"), "");
  EXPECT_EQ(headers.find("x-none"), std::nullopt);
  EXPECT_EQ(headers.name(2), "link");
  EXPECT_EQ(headers.value(2), "b");
  headers.clear();
  EXPECT_EQ(headers.size(), 0U);
  EXPECT_EQ(headers.find("link"), std::nullopt);
}

}  // namespace
}  // namespace penstock::net
