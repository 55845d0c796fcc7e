// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/cadence.h"

#include <gtest/gtest.h>

namespace penstock::report {
namespace {

using namespace std::chrono_literals;

TEST(Cadence, TheFirstAtOnceThenOnePerPeriod) {
  const TimePoint start{};
  Cadence cadence(100ms);
  EXPECT_EQ(cadence.next(start), start);
  EXPECT_TRUE(cadence.due(start));
  EXPECT_FALSE(cadence.due(start + 99ms));
  EXPECT_EQ(cadence.next(start + 99ms), start + 100ms);
  EXPECT_TRUE(cadence.due(start + 350ms));
  EXPECT_FALSE(cadence.due(start + 400ms));
}

}  // namespace
}  // namespace penstock::report
