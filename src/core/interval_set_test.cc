// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Against a plain set of ordinals, and at the size of a large run.
#include <penstock/clock.h>
#include <penstock/ledger.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace penstock {
namespace {

std::string text(const IntervalSet& set) {
  std::string text;
  for (const auto [first, last] : set.intervals()) {
    text += "[" + std::to_string(first) + "," + std::to_string(last) + ")";
  }
  return text;
}

TEST(IntervalSet, Merges) {
  IntervalSet set;
  EXPECT_EQ(text(set), "");
  set.add(5);
  set.add(7);
  EXPECT_EQ(text(set), "[5,6)[7,8)");
  set.add(6);
  EXPECT_EQ(text(set), "[5,8)");
  set.add(8, 10);
  set.add(2, 5);
  EXPECT_EQ(text(set), "[2,10)");
  set.add(20, 30);
  set.add(40, 50);
  set.add(25, 45);
  EXPECT_EQ(text(set), "[2,10)[20,50)");
  set.add(0, 100);
  EXPECT_EQ(text(set), "[0,100)");
  EXPECT_EQ(set.size(), 100U);
  set.add(3, 3);
  set.add(9, 2);
  EXPECT_EQ(set.size(), 100U);
}

TEST(IntervalSet, GapsAndMembers) {
  IntervalSet set;
  set.add(5, 8);
  set.add(10, 12);
  EXPECT_EQ(set.first_gap(0), 0U);
  EXPECT_EQ(set.first_gap(5), 8U);
  EXPECT_EQ(set.first_gap(8), 8U);
  EXPECT_EQ(set.first_gap(11), 12U);
  EXPECT_EQ(set.first_member(0), 5U);
  EXPECT_EQ(set.first_member(7), 7U);
  EXPECT_EQ(set.first_member(8), 10U);
  EXPECT_EQ(set.first_member(12), UINT64_MAX);
  EXPECT_TRUE(set.contains(5));
  EXPECT_FALSE(set.contains(8));
  EXPECT_EQ(IntervalSet().first_gap(3), 3U);
  EXPECT_EQ(IntervalSet().first_member(3), UINT64_MAX);
}

TEST(IntervalSet, OrdinalsMayBeHuge) {
  IntervalSet set;
  set.add(UINT64_MAX - 1);
  EXPECT_TRUE(set.contains(UINT64_MAX - 1));
  EXPECT_EQ(set.first_gap(UINT64_MAX - 1), UINT64_MAX);
  EXPECT_EQ(set.first_member(UINT64_MAX), UINT64_MAX);
}

// `ordinals` is above all members.
void expect_same(const IntervalSet& set, const std::set<std::uint64_t>& model,
                 std::uint64_t ordinals) {
  ASSERT_EQ(set.size(), model.size());
  std::uint64_t gap = ordinals + 1;
  std::uint64_t member = UINT64_MAX;
  for (std::uint64_t i = ordinals + 1; i-- > 0;) {
    const bool inside = model.count(i) == 1;
    (inside ? member : gap) = i;
    ASSERT_EQ(set.contains(i), inside) << i;
    ASSERT_EQ(set.first_gap(i), gap) << i;
    ASSERT_EQ(set.first_member(i), member) << i;
  }
  const auto intervals = set.intervals();
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    ASSERT_LT(intervals[i].first, intervals[i].last);
    ASSERT_TRUE(i == 0 || intervals[i - 1].last < intervals[i].first);
  }
}

RC_GTEST_PROP(IntervalSet, IsASet,
              (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& adds)) {
  IntervalSet set;
  std::set<std::uint64_t> model;
  for (const auto& [first, length] : adds) {
    set.add(first, first + length % 8U);
    for (unsigned i = 0; i < length % 8U; ++i) model.insert(first + i);
  }
  expect_same(set, model, 300);
}

// Enough gaps for many blocks, then ranges that swallow some of them, whole blocks too.
TEST(IntervalSet, IsASetOverManyBlocks) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    IntervalSet set;
    std::set<std::uint64_t> model;
    for (int i = 0; i < 6'000; ++i) {
      const std::uint64_t first = random.next() % 20'000;
      const std::uint64_t length = i % 500 == 499 ? random.next() % 6'000 : 1;
      set.add(first, first + length);
      for (std::uint64_t k = 0; k < length; ++k) model.insert(first + k);
    }
    expect_same(set, model, 27'000);
  }
}

// Items that finish in a random order inside a window of what is in flight.
TEST(IntervalSet, NearlyOrderedAddsEndAsOneInterval) {
  constexpr std::uint64_t kItems = 2'000'000;
  constexpr std::size_t kInFlight = 4'096;
  Random random(7);
  IntervalSet set;
  std::vector<std::uint64_t> in_flight(kInFlight);
  std::iota(in_flight.begin(), in_flight.end(), 0U);
  std::size_t gaps_max = 0;
  for (std::uint64_t next = kInFlight; next < kItems; ++next) {
    std::uint64_t& slot = in_flight[random.next() % kInFlight];
    set.add(slot);
    slot = next;
    if (next % 20'000 == 0) gaps_max = std::max(gaps_max, set.intervals().size());
  }
  for (const std::uint64_t last : in_flight) set.add(last);
  EXPECT_EQ(text(set), "[0,2000000)");
  EXPECT_LE(gaps_max, kInFlight + 1);
}

TEST(IntervalSet, AnyOrderStaysAffordable) {
  constexpr std::uint64_t kItems = 1U << 18U;
  IntervalSet set;
  for (std::uint64_t i = 0; i < kItems; ++i) set.add((i * 2654435761U) % kItems);
  EXPECT_EQ(text(set), "[0,262144)");
}

}  // namespace
}  // namespace penstock
