// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/words.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock::report {
namespace {

using namespace std::chrono_literals;

TEST(Words, Counts) {
  EXPECT_EQ(count_words(0), "0");
  EXPECT_EQ(count_words(999), "999");
  EXPECT_EQ(count_words(1000), "1,000");
  EXPECT_EQ(count_words(-1000), "-1,000");
  EXPECT_EQ(count_words(-100), "-100");
  EXPECT_EQ(count_words(18564), "18,564");
  EXPECT_EQ(count_words(std::numeric_limits<std::int64_t>::max()), "9,223,372,036,854,775,807");
}

TEST(Words, Durations) {
  EXPECT_EQ(duration_words(-1s), "0 ms");
  EXPECT_EQ(duration_words(840ms), "840 ms");
  EXPECT_EQ(duration_words(4560ms), "4.5 s");
  EXPECT_EQ(duration_words(42900ms), "42 s");
  EXPECT_EQ(duration_words(60s), "1 min");
  EXPECT_EQ(duration_words(370s), "6 min 10 s");
  EXPECT_EQ(duration_words(6h + 10min + 59s), "6 h 10 min");
  EXPECT_EQ(duration_words(24h * 3 + 4h), "3 d 4 h");
}

TEST(Words, RatesInTheUnitThatReadsWell) {
  EXPECT_EQ(rate_words(0), "0/s");
  EXPECT_EQ(rate_words(31234.4), "31,234/s");
  EXPECT_EQ(rate_words(4.52), "4.5/s");
  EXPECT_EQ(rate_words(0.8), "48/min");
  EXPECT_EQ(rate_words(3.0 / 3600), "3.0/h");
  EXPECT_EQ(rate_words(std::numeric_limits<double>::quiet_NaN()), "0/s");
}

TEST(Words, BytesPercentMoneyPlurals) {
  EXPECT_EQ(bytes_words(512), "512 B");
  EXPECT_EQ(bytes_words(65536), "64.0 KiB");
  EXPECT_EQ(bytes_words(3328599654), "3.1 GiB");
  EXPECT_EQ(percent_words(0.9999), "99 %");
  EXPECT_EQ(percent_words(1), "100 %");
  EXPECT_EQ(percent_words(7), "100 %");
  EXPECT_EQ(money_words(12'340'000), "$12.34");
  EXPECT_EQ(plural(1, "item", "items"), "1 item");
  EXPECT_EQ(plural(0, "item", "items"), "0 items");
}

}  // namespace
}  // namespace penstock::report
