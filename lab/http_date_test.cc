// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The example of RFC 9110 and a leap day.
#include "http_date.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

std::string date(std::int64_t unix_ms) {
  return http_date(std::chrono::system_clock::time_point(std::chrono::milliseconds(unix_ms)));
}

TEST(HttpDate, is_written_as_http_writes_it) {
  EXPECT_EQ(date(784'111'777'000), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date(784'111'777'999), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date(1'709'164'800'000), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace penstock::lab
