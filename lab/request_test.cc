// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Headers by name, hosts without ports.
#include "request.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

std::string_view host(const char* value) {
  static Request request;
  request.headers = {{"hOST", value}};
  return request.host();
}

TEST(Request, finds_headers_in_any_case) {
  Request request;
  request.headers = {{"Accept", "a"}, {"X-Key", "b"}, {"x-key", "c"}};
  EXPECT_EQ(request.header("x-KEY"), "b");
  EXPECT_EQ(request.header("x"), "");
}

TEST(Request, host_has_no_port) {
  EXPECT_EQ(host("127.0.0.3:8080"), "127.0.0.3");
  EXPECT_EQ(host("name"), "name");
  EXPECT_EQ(host("[::1]:80"), "[::1]");
  EXPECT_EQ(host("[::1]"), "[::1]");
  EXPECT_EQ(Request{}.host(), "");
}

}  // namespace
}  // namespace penstock::lab
