// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/header_date.h"

#include <gtest/gtest.h>

#include <string_view>

namespace penstock::limits {
namespace {

constexpr WallTime kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)};

/// Seconds since 1970, or -1 for no date.
std::int64_t date(std::string_view text) {
  const auto when = parse_header_date(text, kNow);
  return when ? std::chrono::duration_cast<std::chrono::seconds>(when->time_since_epoch()).count()
              : -1;
}

TEST(HeaderDate, ReadsAllFormsOfTheStandards) {
  EXPECT_EQ(date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  EXPECT_EQ(date("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
  EXPECT_EQ(date("Sun Nov  6 08:49:37 1994"), 784111777);
  EXPECT_EQ(date("1994-11-06T08:49:37Z"), 784111777);
  EXPECT_EQ(date("1994-11-06T08:49:37.123Z"), 784111777);
}

TEST(HeaderDate, ReadsLeapDaysAndLeapSeconds) {
  EXPECT_EQ(date("Tue, 29 Feb 2028 23:59:60 GMT"), 1835481600);
  EXPECT_EQ(date("Tue, 29 Feb 2027 00:00:00 GMT"), -1);
}

TEST(HeaderDate, AYearOfTwoDigitsIsNear) {
  EXPECT_EQ(date("Sunday, 06-Nov-76 08:49:37 GMT"), date("Sun, 06 Nov 2076 08:49:37 GMT"));
  EXPECT_EQ(date("Sunday, 06-Nov-77 08:49:37 GMT"), date("Sun, 06 Nov 1977 08:49:37 GMT"));
}

TEST(HeaderDate, RefusesEverythingElse) {
  for (const char* text : {
           "",
           "tomorrow",
           "Sun, 06 Nov 1994 08:49:37 CET",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Now 1994 08:49:37 GMT",
           "Sun, 06 anF 1994 08:49:37 GMT",
           "Sun, 32 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 24:00:00 GMT",
           "Sun, 06 Nov 1994 08:60:37 GMT",
           "Sun, 06 Nov 1969 08:49:37 GMT",
           "Sun, 06 Nov 9999 08:49:37 GMT",
           "Sun, 06 Nov 99999999999 08:49:37 GMT",
           "Sun, -6 Nov 1994 08:49:37 GMT x",
           "a b c d e f g h i j k l m n o p",
           "a Nov c d e f g h i j k l m n o p",
           "1994-11-06 08:49:37",
           "1994-11-06T08:49:37+02:00",
           "1994-11-06T08:4x:37Z",
           "1-1-1-1-1-T-1-1-1-1Z",
           "Sun, 06 Nov 1994 08:49:37 GMT                                                       ",
       }) {
    EXPECT_EQ(date(text), -1) << text;
  }
}

}  // namespace
}  // namespace penstock::limits
