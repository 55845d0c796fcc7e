// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/host_pauses.h"

#include <gtest/gtest.h>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

TEST(HostPauses, HoldTheirHostOnly) {
  HostPauses pauses;
  const TimePoint now{1h};
  EXPECT_EQ(pauses.ask("a", now), now);
  pauses.pause("a", now + 3s, now);
  pauses.pause("a", now + 2s, now);
  EXPECT_EQ(pauses.ask("a", now), now + 3s);
  EXPECT_EQ(pauses.ask("a", now + 4s), now + 4s);
  EXPECT_EQ(pauses.ask("b", now), now);
}

TEST(HostPauses, AreForgottenAfterTheirEnd) {
  HostPauses pauses;
  TimePoint now{1h};
  for (int i = 0; i < 1000; ++i, now += 1s) pauses.pause(std::to_string(i), now + 1s, now);
  EXPECT_LE(pauses.hosts_held(), 64U);
}

}  // namespace
}  // namespace penstock::engine
