// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Binding only; what a running server does is tested end to end, by lab_e2e.sh.
#include "server.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

Responder quiet() { return {Site{}, {}, std::move(*RequestLog::open(""))}; }

TEST(Server, draws_one_port_for_all_addresses) {
  auto responder = quiet();
  const auto server = open_server({{"127.0.0.1", "127.0.0.2"}, 0}, 2, responder);
  ASSERT_TRUE(server);
  EXPECT_NE((*server)->port(), 0);
}

TEST(Server, says_which_address_is_taken) {
  auto responder = quiet();
  const auto first = open_server({{"127.0.0.1"}, 0}, 1, responder);
  ASSERT_TRUE(first);
  const auto second = open_server({{"127.0.0.1"}, (*first)->port()}, 1, responder);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("listen on 127.0.0.1:"), std::string::npos);
}

}  // namespace
}  // namespace penstock::lab
