// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What is remembered of hosts, and for how long.
#include "net/host_table.h"

#include <gtest/gtest.h>

namespace penstock::net {
namespace {

using namespace std::chrono_literals;

TEST(HostTable, OneEntryForOneOrigin) {
  HostTable table;
  Host& first = table.enter("http://a.org");
  EXPECT_EQ(&table.enter("http://a.org"), &first);
  EXPECT_EQ(first.active, 2U);
  EXPECT_NE(&table.enter("https://a.org"), &first);
  EXPECT_NE(&table.enter("http://a.org:81"), &first);
}

TEST(HostTable, WhatMustBeFoundOutFirst) {
  HostTable table;
  const TimePoint now{1h};
  Host& name = table.enter("http://a.org");
  EXPECT_FALSE(name.is_open(now));
  name.resolved_until = now + 1s;
  EXPECT_TRUE(name.is_open(now));
  EXPECT_FALSE(name.is_open(now + 1s));
  name.lanes.push_back(3);  // A kept connection needs no name.
  EXPECT_TRUE(name.is_open(now + 1s));

  EXPECT_TRUE(table.enter("http://127.0.0.1:8080").is_open(now));
  EXPECT_TRUE(table.enter("http://[::1]:8080").is_open(now));
  Host& secure = table.enter("https://[::1]:8080");
  EXPECT_FALSE(secure.is_open(now));
  EXPECT_TRUE(secure.is_resolved(now));
  secure.protocol = Host::Protocol::http2;
  EXPECT_TRUE(secure.is_open(now));
}

TEST(HostTable, IdleHostsAreRememberedUpToALimit) {
  HostTable table;
  Host& busy = table.enter("http://busy");
  Host& old = table.enter("http://old");
  old.protocol = Host::Protocol::http2;
  table.leave(old);
  for (std::size_t i = 0; i < HostTable::kIdleMax - 1; ++i) {
    table.leave(table.enter("http://h" + std::to_string(i)));
  }
  Host& again = table.enter("http://old");
  EXPECT_EQ(again.protocol, Host::Protocol::http2);
  table.leave(again);  // Now the latest.
  table.leave(table.enter("http://one-more"));
  EXPECT_EQ(table.size(), HostTable::kIdleMax + 1);
  EXPECT_EQ(table.enter("http://old").protocol, Host::Protocol::http2);
  EXPECT_EQ(&table.enter("http://busy"), &busy);
}

}  // namespace
}  // namespace penstock::net
