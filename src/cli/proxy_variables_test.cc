// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Environments and what they mean.
#include "cli/proxy_variables.h"

#include <gtest/gtest.h>

#include <map>

namespace penstock::cli {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

catalog::Proxy read(const Variables& variables) {
  return proxy_of([&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

TEST(ProxyVariables, OneForEachScheme) {
  EXPECT_EQ(read({{"https_proxy", "two"}}).http, "");
  EXPECT_EQ(read({{"https_proxy", "two"}}).https, "two");
  EXPECT_EQ(read({{"http_proxy", "one"}}).http, "one");
  EXPECT_EQ(read({{"http_proxy", "one"}}).https, "");
  EXPECT_EQ(read({{"HTTP_PROXY", "one"}}).http, "");
}

TEST(ProxyVariables, OneForAllIsTheLastResort) {
  const Variables both{{"all_proxy", "all"}, {"https_proxy", "two"}, {"http_proxy", ""}};
  EXPECT_EQ(read(both).http, "all");
  EXPECT_EQ(read(both).https, "two");
}

TEST(ProxyVariables, ThisMachineIsCalledDirectly) {
  EXPECT_EQ(read({}).bypass, "localhost,127.0.0.0/8,::1");
  EXPECT_EQ(read({{"NO_PROXY", "*"}}).bypass, "localhost,127.0.0.0/8,::1,*");
}

}  // namespace
}  // namespace penstock::cli
