// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Addresses, ranges, and what is refused.
#include "listen_address.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

std::size_t hosts(std::string_view text, Reach reach = Reach::loopback) {
  const auto address = parse_listen(text, reach);
  return address ? address->hosts.size() : 0;
}

TEST(ListenAddress, single_and_ranges) {
  const auto range = parse_listen("127.0.0.254-127.0.1.1:8080", Reach::loopback);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->hosts,
            (std::vector<std::string>{"127.0.0.254", "127.0.0.255", "127.0.1.0", "127.0.1.1"}));
  EXPECT_EQ(range->port, 8080);
  EXPECT_EQ(hosts("127.0.0.1:0"), 1u);
  EXPECT_EQ(parse_listen("[::1]:80", Reach::loopback)->hosts.front(), "::1");
}

TEST(ListenAddress, only_loopback_unless_told) {
  EXPECT_EQ(hosts("0.0.0.0:80"), 0u);
  EXPECT_EQ(hosts("[::]:80"), 0u);
  EXPECT_EQ(hosts("127.0.0.1-128.0.0.1:80"), 0u);
  EXPECT_EQ(hosts("0.0.0.0:80", Reach::any), 1u);
}

TEST(ListenAddress, nonsense_is_refused) {
  for (const auto* bad :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "localhost:80", ":80",
        "127.0.0.2-127.0.0.1:80", "[::1:80", "127.0.0.1-:80", "127.0.0.0-127.2.0.0:80"}) {
    EXPECT_EQ(hosts(bad), 0u) << bad;
  }
}

}  // namespace
}  // namespace penstock::lab
