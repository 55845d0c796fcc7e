// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A seed replays a run, so the stream may never change.
#include <penstock/clock.h>

#include <gtest/gtest.h>

#include <bit>

namespace penstock {
namespace {

TEST(Random, EqualSeedsGiveEqualStreams) {
  Random first(42);
  Random second(42);
  Random third(43);
  int differing = 0;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t number = first.next();
    EXPECT_EQ(number, second.next());
    differing += number != third.next() ? 1 : 0;
  }
  EXPECT_EQ(differing, 100);
}

// The reference implementation of xoshiro256** seeded by splitmix64(0).
TEST(Random, IsXoshiro256StarStar) {
  Random random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4U);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452aU);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0U);
}

TEST(Random, BitsAreFair) {
  Random random(1);
  int ones = 0;
  for (int i = 0; i < 10'000; ++i) ones += std::popcount(random.next());
  EXPECT_NEAR(ones, 320'000, 2'000);
}

}  // namespace
}  // namespace penstock
