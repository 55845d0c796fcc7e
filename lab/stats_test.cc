// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Visits counted and forgotten.
#include "stats.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

const Stats::End kWell{"200", 100, true, false};

TEST(Stats, counts_by_host_and_in_all) {
  Stats stats;
  const auto a = stats.begin("h1", 1, TimePoint{});
  const auto b = stats.begin("h1", 2, TimePoint{});
  stats.end(a, kWell);
  const auto c = stats.begin("h2", 3, TimePoint{});
  stats.end(b, {"reset", 5, false, true});
  stats.end(c, kWell);
  EXPECT_EQ(stats.total().requests, 3u);
  EXPECT_EQ(stats.total().in_flight, 0u);
  EXPECT_EQ(stats.total().peak_in_flight, 2u);
  EXPECT_EQ(stats.total().bytes_out, 205u);
  EXPECT_EQ(stats.total().abandoned, 1u);
  EXPECT_EQ(stats.hosts()["h1"].peak_in_flight, 2u);
  EXPECT_EQ(stats.hosts()["h2"].peak_in_flight, 1u);
  EXPECT_EQ(stats.hosts()["h1"].outcomes["reset"], 1u);
}

TEST(Stats, knows_what_was_asked_and_answered_again) {
  Stats stats;
  for (int i = 0; i < 3; ++i) {
    const auto visit = stats.begin("h", 1, TimePoint{});
    EXPECT_EQ(visit.nth, static_cast<std::uint64_t>(i + 1));
    stats.end(visit, i == 0 ? Stats::End{"503", 0, false, false} : kWell);
  }
  stats.end(stats.begin("h", 2, TimePoint{}), kWell);
  const auto repeats = stats.repeats();
  EXPECT_EQ(repeats.distinct, 2u);
  EXPECT_EQ(repeats.requested_again, 1u);
  EXPECT_EQ(repeats.requests_max, 3u);
  EXPECT_EQ(repeats.answered_again, 1u);
  EXPECT_EQ(repeats.answers_max, 2u);
}

TEST(Stats, clear_keeps_what_is_in_flight) {
  Stats stats;
  stats.connected();
  const auto visit = stats.begin("h", 1, TimePoint{});
  stats.end(stats.begin("gone", 2, TimePoint{}), kWell);
  stats.clear();
  EXPECT_EQ(stats.total().requests, 0u);
  EXPECT_EQ(stats.total().in_flight, 1u);
  EXPECT_EQ(stats.hosts().count("gone"), 0u);
  EXPECT_EQ(stats.connections().open, 1u);
  stats.end(visit, kWell);
  EXPECT_EQ(stats.total().in_flight, 0u);
  EXPECT_EQ(stats.repeats().distinct, 0u);
}

}  // namespace
}  // namespace penstock::lab
