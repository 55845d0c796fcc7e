// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A list of hosts and who passes it.
#include "net/proxy_rules.h"

#include <gtest/gtest.h>

namespace penstock::net {
namespace {

bool bypasses(std::string list, std::string_view url) {
  const ProxyRules rules{"http://p", "http://p", std::move(list)};
  return proxy_for(rules, *parse_url(url)).empty();
}

TEST(ProxyRules, OneForEachScheme) {
  const ProxyRules rules{"http://one", "http://two", ""};
  EXPECT_EQ(proxy_for(rules, *parse_url("http://a.org/")), "http://one");
  EXPECT_EQ(proxy_for(rules, *parse_url("https://a.org/")), "http://two");
  EXPECT_EQ(proxy_for({"", "http://two", ""}, *parse_url("http://a.org/")), "");
}

TEST(ProxyRules, DomainsWithAllBelow) {
  for (const auto* list : {"a.org", ".a.org", "b.org,A.ORG.", "b.org a.org", " ,, a.org"}) {
    EXPECT_TRUE(bypasses(list, "http://a.org/")) << list;
    EXPECT_TRUE(bypasses(list, "http://x.a.org:81/")) << list;
    EXPECT_FALSE(bypasses(list, "http://xa.org/")) << list;
    EXPECT_FALSE(bypasses(list, "http://a.org.test/")) << list;
  }
  EXPECT_FALSE(bypasses("", "http://a.org/"));
  EXPECT_FALSE(bypasses(".", "http://a.org/"));
}

TEST(ProxyRules, AddressesAndRanges) {
  EXPECT_TRUE(bypasses("127.0.0.0/8", "http://127.1.2.3/"));
  EXPECT_TRUE(bypasses("10.0.0.1", "http://10.0.0.1/"));
  EXPECT_FALSE(bypasses("10.0.0.1", "http://10.0.0.10/"));
  EXPECT_FALSE(bypasses("0.0.1", "http://10.0.0.1/"));
  EXPECT_TRUE(bypasses("::1", "http://[::1]:8080/"));
  EXPECT_TRUE(bypasses("fd00::/8", "http://[fd00::7]/"));
  EXPECT_FALSE(bypasses("10.0.0.0/8", "http://a.org/"));
}

TEST(ProxyRules, AStarIsEverything) {
  EXPECT_TRUE(bypasses("localhost,*", "http://a.org/"));
  EXPECT_TRUE(bypasses("*", "https://10.0.0.1/"));
}

}  // namespace
}  // namespace penstock::net
