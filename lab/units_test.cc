// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What each kind of quantity accepts and refuses.
#include "units.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

using std::chrono::milliseconds;

std::int64_t ns(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? duration->count() : -1;
}

TEST(Units, durations_need_a_unit) {
  EXPECT_EQ(ns("200ms"), 200'000'000);
  EXPECT_EQ(ns("1.5s"), 1'500'000'000);
  EXPECT_EQ(ns("2min"), 120'000'000'000);
  EXPECT_EQ(ns("7us"), 7'000);
  EXPECT_EQ(ns("0"), 0);
  for (const auto* bad : {"", "5", "ms", "-1s", "1e99s", "nans", "infs", "25h", "1 s", "1sec"}) {
    EXPECT_EQ(ns(bad), -1) << bad;
  }
}

TEST(Units, bytes_know_powers_of_1024_and_overflow) {
  EXPECT_EQ(*parse_bytes("12"), 12u);
  EXPECT_EQ(*parse_bytes("64K"), 65536u);
  EXPECT_EQ(*parse_bytes("2G"), 2147483648u);
  for (const auto* bad : {"", "K", "1k", "-1", "1.5M", "18446744073709551615K"}) {
    EXPECT_FALSE(parse_bytes(bad)) << bad;
  }
}

TEST(Units, shares_lie_between_zero_and_one) {
  EXPECT_DOUBLE_EQ(*parse_share("0.25"), 0.25);
  EXPECT_DOUBLE_EQ(*parse_share("10%"), 0.1);
  EXPECT_FALSE(parse_share("1.1"));
  EXPECT_FALSE(parse_share("101%"));
  EXPECT_FALSE(parse_share("1x"));
}

TEST(Units, rates_are_per_second) {
  EXPECT_DOUBLE_EQ(*parse_rate("50/s"), 50);
  EXPECT_DOUBLE_EQ(*parse_rate("600/min"), 10);
  EXPECT_DOUBLE_EQ(*parse_rate("5/100ms"), 50);
  for (const auto* bad : {"", "50", "0/s", "5/", "5/0s", "/s", "5/parsec"}) {
    EXPECT_FALSE(parse_rate(bad)) << bad;
  }
}

}  // namespace
}  // namespace penstock::lab
