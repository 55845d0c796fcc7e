// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "retry/backoff.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace penstock::retry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kHalf = std::uint64_t{1} << 63U;

RetryOptions from_one_to_sixty_seconds() {
  RetryOptions options;
  options.first_wait = seconds(1);
  options.max_wait = seconds(60);
  return options;
}

TEST(Backoff, DoublesUpToItsCap) {
  const RetryOptions options = from_one_to_sixty_seconds();
  const auto half = [&](int failures) { return backoff(options, failures, kHalf); };
  EXPECT_EQ(half(1), milliseconds(500));
  EXPECT_EQ(half(2), milliseconds(1000));
  EXPECT_EQ(half(6), milliseconds(16'000));
  EXPECT_EQ(half(7), milliseconds(30'000));
  EXPECT_EQ(half(2'000'000'000), milliseconds(30'000));
}

TEST(Backoff, JitterIsFull) {
  const RetryOptions options = from_one_to_sixty_seconds();
  EXPECT_EQ(backoff(options, 3, 0), Duration(0));
  EXPECT_LT(backoff(options, 3, UINT64_MAX), seconds(4));
  EXPECT_GT(backoff(options, 3, UINT64_MAX), milliseconds(3999));
}

TEST(Backoff, ACapBelowTheFirstWaitHolds) {
  RetryOptions options = from_one_to_sixty_seconds();
  options.max_wait = milliseconds(100);
  EXPECT_EQ(backoff(options, 1, kHalf), milliseconds(50));
}

TEST(Backoff, NeverNegativeNeverAboveTheCap) {
  EXPECT_TRUE(rc::check([](std::uint64_t random) {
    RetryOptions options;
    options.first_wait = milliseconds(*rc::gen::inRange(0, 1'000'000));
    options.max_wait = milliseconds(*rc::gen::inRange(0, 1'000'000'000));
    const int failures = *rc::gen::inRange(1, 100);
    const Duration wait = backoff(options, failures, random);
    RC_ASSERT(wait >= Duration(0));
    RC_ASSERT(wait <= options.max_wait);
  }));
}

}  // namespace
}  // namespace penstock::retry
