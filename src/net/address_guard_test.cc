// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The guard's tables, judged address by address, in every spelling that reaches the same host.
#include "net/address_guard.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace penstock::net {
namespace {

bool reaches_public(std::string_view text) {
  const auto address = parse_address(text);
  EXPECT_TRUE(address) << text;
  return address && is_public(*address);
}

AddressGuard guard_with(std::initializer_list<std::string_view> ranges) {
  std::vector<AddressRange> allow;
  for (const auto text : ranges) {
    auto range = parse_range(text);
    EXPECT_TRUE(range) << text;
    if (range) allow.push_back(*range);
  }
  return AddressGuard(std::move(allow));
}

TEST(AddressGuard, PublicAddressesPass) {
  for (const auto* text : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1",
                           "172.32.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
                           "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(reaches_public(text)) << text;
  }
}

TEST(AddressGuard, InnerAddressesAreRefused) {
  for (const auto* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "100.64.0.1",
                           "127.0.0.1",
                           "127.255.0.8",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "192.0.0.1",
                           "192.0.2.1",
                           "198.18.0.1",
                           "198.19.255.1",
                           "224.0.0.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::7f00:1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::1",
                           "2002:7f00:1::1",
                           "2001:db8::1",
                           "2001::1",
                           "fc00::1",
                           "fd12::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "100::1"}) {
    EXPECT_FALSE(reaches_public(text)) << text;
  }
}

TEST(AddressGuard, AllowListOpensExactlyItsRange) {
  const AddressGuard guard = guard_with({"127.0.0.0/8", "fd00::/16", "10.1.2.3"});
  EXPECT_TRUE(guard.allows(*parse_address("127.9.9.9")));
  EXPECT_TRUE(guard.allows(*parse_address("::ffff:127.0.0.1")));
  EXPECT_TRUE(guard.allows(*parse_address("fd00:1::1")));
  EXPECT_TRUE(guard.allows(*parse_address("10.1.2.3")));
  EXPECT_FALSE(guard.allows(*parse_address("10.1.2.4")));
  EXPECT_FALSE(guard.allows(*parse_address("fd01::1")));
  EXPECT_FALSE(guard.allows(*parse_address("::1")));
}

TEST(AddressGuard, NamesAreNotAddresses) {
  EXPECT_FALSE(parse_address("localhost"));
  EXPECT_FALSE(parse_address(""));
  EXPECT_FALSE(parse_address("1.2.3"));
  EXPECT_TRUE(parse_address("[::1]"));
}

TEST(AddressGuard, BadRangesAreErrors) {
  for (const auto* text : {"", "x", "1.2.3.4/33", "1.2.3.4/-1", "::/129", "1.2.3.4/8x", "/8"}) {
    const auto range = parse_range(text);
    ASSERT_FALSE(range) << text;
    EXPECT_EQ(range.error().kind, "address.range");
  }
}

TEST(AddressGuard, ReadsSocketAddresses) {
  sockaddr_in v4_socket{};
  v4_socket.sin_family = AF_INET;
  v4_socket.sin_addr.s_addr = htonl(0x7f000001);
  const auto address = address_of(reinterpret_cast<const sockaddr&>(v4_socket));
  ASSERT_TRUE(address);
  EXPECT_EQ(*address, *parse_address("127.0.0.1"));

  sockaddr_in6 v6_socket{};
  v6_socket.sin6_family = AF_INET6;
  v6_socket.sin6_addr = in6addr_loopback;
  EXPECT_EQ(address_of(reinterpret_cast<const sockaddr&>(v6_socket)), parse_address("::1"));

  sockaddr unix_socket{};
  unix_socket.sa_family = AF_UNIX;
  EXPECT_FALSE(address_of(unix_socket));
}

}  // namespace
}  // namespace penstock::net
