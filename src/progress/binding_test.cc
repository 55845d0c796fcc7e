// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "progress/binding.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::progress {
namespace {

using std::chrono::milliseconds;

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

/// "search: 10/s for 400".
std::string held(const Binding& binding, std::int64_t ms) {
  const Binding::Held held = binding.held(at(ms));
  return held.by + " for " + std::to_string(held.time / milliseconds(1));
}

TEST(Binding, NothingHoldsAtFirst) {
  const Binding binding(at(100));
  EXPECT_EQ(held(binding, 500), " for 400");
}

TEST(Binding, NamesWhatHoldsAndForHowLong) {
  Binding binding(at(0));
  binding.set("search: 10/s", at(0));
  EXPECT_EQ(held(binding, 5000), "search: 10/s for 5000");
  binding.set("search: 10/s", at(6000));
  EXPECT_EQ(held(binding, 9000), "search: 10/s for 9000");
}

TEST(Binding, DoesNotFlicker) {
  Binding binding(at(0));
  for (int ms = 0; ms < 10'000; ms += 10) {
    binding.set("all slots are busy", at(ms));
    binding.set("search: 10/s", at(ms + 2));
    if (ms <= 100) continue;
    EXPECT_EQ(binding.held(at(ms + 2)).by, "search: 10/s") << ms;
  }
  EXPECT_GE(binding.held(at(10'000)).time, milliseconds(9900));
}

TEST(Binding, ANewCauseTakesOverWithinSeconds) {
  Binding binding(at(0));
  binding.set("search: 10/s", at(0));
  binding.set("disk", at(60'000));
  EXPECT_EQ(held(binding, 60'900), "search: 10/s for 60900");
  EXPECT_EQ(held(binding, 61'100), "disk for 1100");
  binding.set("", at(70'000));
  EXPECT_EQ(held(binding, 72'000), " for 2000");
}

TEST(Binding, RemembersFewCauses) {
  Binding binding(at(0));
  for (int i = 0; i < 10'000; ++i) binding.set("host" + std::to_string(i), at(i));
  binding.set("disk", at(10'000));
  EXPECT_EQ(binding.held(at(12'000)).by, "disk");
}

}  // namespace
}  // namespace penstock::progress
