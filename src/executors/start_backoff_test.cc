// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/start_backoff.h"

#include <gtest/gtest.h>

namespace penstock::executors {
namespace {

using std::chrono::milliseconds;

TEST(StartBackoff, DoublesUpToASecond) {
  StartBackoff backoff(100);
  for (const int ms : {10, 20, 40, 80, 160, 320, 640, 1'000, 1'000}) {
    EXPECT_EQ(backoff.failed(), milliseconds(ms));
  }
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(backoff.failed(), milliseconds(1'000));
}

TEST(StartBackoff, GivesUpAfterARowAndASuccessEndsTheRow) {
  StartBackoff backoff(2);
  (void)backoff.failed();
  EXPECT_FALSE(backoff.has_given_up());
  backoff.succeeded();
  EXPECT_EQ(backoff.failed(), milliseconds(10));
  EXPECT_FALSE(backoff.has_given_up());
  (void)backoff.failed();
  EXPECT_TRUE(backoff.has_given_up());
  EXPECT_EQ(backoff.failures(), 2);
}

}  // namespace
}  // namespace penstock::executors
