// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Windows and spacings against a count by hand.
#include "arrivals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace penstock::lab {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TimePoint at(Duration since) { return TimePoint(std::chrono::hours(1)) + since; }

Arrivals::Judged judge(std::initializer_list<int> arrivals_ms) {
  Arrivals arrivals;
  for (const int ms : arrivals_ms) arrivals.add(at(milliseconds(ms)));
  return arrivals.judged();
}

TEST(Arrivals, window_is_half_open) {
  EXPECT_EQ(judge({0, 500, 1000}).most_in_window, 2u);
  EXPECT_EQ(judge({0, 500, 999}).most_in_window, 3u);
  EXPECT_EQ(judge({}).most_in_window, 0u);
}

TEST(Arrivals, spacing_is_between_neighbours) {
  EXPECT_EQ(judge({0, 70, 100}).least_spacing, milliseconds(30));
  EXPECT_LT(judge({5}).least_spacing.count(), 0);
  EXPECT_EQ(judge({5, 5}).least_spacing.count(), 0);
}

TEST(Arrivals, span_is_from_the_first_to_the_last) {
  EXPECT_EQ(judge({100, 0, 70}).span, milliseconds(100));
  EXPECT_EQ(judge({5}).span.count(), 0);
  EXPECT_EQ(judge({}).span.count(), 0);
}

TEST(Arrivals, order_of_adding_does_not_matter) {
  EXPECT_EQ(judge({1500, 0, 999, 500}).most_in_window, 3u);
  EXPECT_EQ(judge({100, 0, 70}).least_spacing, milliseconds(30));
}

TEST(Arrivals, a_late_one_still_counts_after_a_judgement) {
  Arrivals arrivals;
  for (const int ms : {0, 10, 2'000}) arrivals.add(at(milliseconds(ms)));
  EXPECT_EQ(arrivals.judged().most_in_window, 2u);
  arrivals.add(at(milliseconds(20)));
  EXPECT_EQ(arrivals.judged().most_in_window, 3u);
}

// The plain definition, in quadratic time.
std::uint64_t count_by_hand(const std::vector<TimePoint>& times) {
  std::uint64_t most = 0;
  for (const auto end : times) {
    const auto inside = [&](TimePoint t) { return t <= end && end - t < Arrivals::kWindow; };
    most = std::max<std::uint64_t>(
        most, static_cast<std::uint64_t>(std::count_if(times.begin(), times.end(), inside)));
  }
  return most;
}

TEST(Arrivals, agree_with_a_count_by_hand_over_a_long_time) {
  std::mt19937 random(7);
  Arrivals arrivals;
  std::vector<TimePoint> times;
  Duration now{};
  for (int i = 0; i < 6'000; ++i) {
    now += microseconds(random() % 20'000);
    times.push_back(at(now - milliseconds(random() % 1'500)));
    arrivals.add(times.back());
  }
  EXPECT_EQ(arrivals.judged().most_in_window, count_by_hand(times));
}

}  // namespace
}  // namespace penstock::lab
