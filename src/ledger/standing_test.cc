// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/standing.h"

#include <gtest/gtest.h>
#include <penstock/clock.h>

#include "ledger/contract_test.h"

namespace penstock::ledger {
namespace {

Standing some(std::uint64_t seed) {
  Random random(seed);
  Standing standing(random.next() % 2 * 1'000);
  for (std::uint64_t seq = 1; seq <= 500; ++seq) {
    const auto step = static_cast<unsigned>(random.next() % 3);
    const auto status = static_cast<ItemStatus>(1 + random.next() % 5);
    const std::uint64_t sequence = random.next() % 5'000;
    standing.settle(Seq{seq}, item(step, sequence), status, random.next() % 2 == 0,
                    fingerprint(std::to_string(sequence)));
  }
  return standing;
}

LedgerState described(const Standing& standing) {
  LedgerState state;
  standing.describe(state);
  return state;
}

TEST(Standing, CountsByStepAndStatus) {
  Standing standing(0);
  standing.settle(Seq{1}, item(0, 0), ItemStatus::ok, false, fingerprint("a"));
  standing.settle(Seq{2}, item(1, 9), ItemStatus::ok, true, {});
  standing.settle(Seq{3}, item(1, 3), ItemStatus::failed, true, {});
  const LedgerState state = described(standing);
  EXPECT_EQ(state.next_seq, 4U);
  EXPECT_EQ(state.leaves, 2U);
  EXPECT_EQ(state.settled_counts.size(), 3U);
  EXPECT_EQ(state.settled_counts.at({1, ItemStatus::failed}), 1U);
  EXPECT_EQ(state.next_sequence, (std::map<std::uint8_t, std::uint64_t>{{1, 10}}));
  EXPECT_TRUE(state.settled.contains(0));
}

TEST(Standing, AnItemThatWasPutAwayCountsOnce) {
  Standing standing(0);
  standing.know(item(0, 3), fingerprint("a"));
  const ContentSum before = described(standing).settled_sum;
  standing.settle(Seq{1}, item(0, 3), ItemStatus::ok, true, fingerprint("a"));
  EXPECT_EQ(described(standing).settled_sum, before);
  EXPECT_EQ(described(standing).settled.size(), 1U);
}

TEST(Standing, ItemsOfAnEarlierGenerationAreNoOrdinals) {
  Standing standing(100);
  standing.settle(Seq{1}, item(0, 99), ItemStatus::ok, true, fingerprint("a"));
  standing.settle(Seq{2}, item(0, 100), ItemStatus::ok, true, fingerprint("b"));
  const LedgerState state = described(standing);
  EXPECT_EQ(state.settled.intervals(), (std::vector<IntervalSet::Interval>{{0, 1}}));
  EXPECT_EQ(state.leaves, 2U);
  EXPECT_EQ(standing.generation_end(), 101U);
}

TEST(Standing, AGenerationBeginsWithNothingButCounts) {
  Standing standing(0);
  standing.settle(Seq{1}, item(0, 6), ItemStatus::ok, true, fingerprint("a"));
  standing.begin_generation(standing.generation_end());
  EXPECT_EQ(standing.generation_start(), 7U);
  EXPECT_EQ(described(standing).settled.size(), 0U);
  EXPECT_EQ(described(standing).settled_sum, ContentSum{});
  EXPECT_EQ(described(standing).leaves, 1U);
  standing.carry(0, fingerprint("a"));
  EXPECT_TRUE(standing.settled().contains(0));
}

TEST(Standing, WhatIsTakenBackIsKnownStill) {
  Standing standing(0);
  standing.settle(Seq{1}, item(0, 0), ItemStatus::failed, true, fingerprint("a"));
  standing.take_back(StepIndex{0}, ItemStatus::failed, true, 1);
  EXPECT_TRUE(described(standing).settled_counts.empty());
  EXPECT_EQ(described(standing).leaves, 0U);
  EXPECT_TRUE(standing.settled().contains(0));
}

TEST(Standing, ComesBackFromItsBytes) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Standing standing = some(seed);
    const auto back =
        Standing::decode(standing.encode(), standing.last_seq(), standing.generation_start());
    ASSERT_TRUE(back);
    EXPECT_TRUE(back->agrees_with(standing));
    EXPECT_EQ(described(*back).next_sequence, described(standing).next_sequence);
  }
  EXPECT_TRUE(Standing::decode(Standing(0).encode(), 0, 0));
}

TEST(Standing, DamagedBytesAreNothing) {
  const Standing standing = some(1);
  const std::string bytes = standing.encode();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(Standing::decode(damaged, standing.last_seq(), 0)) << at;
  }
  EXPECT_FALSE(Standing::decode(bytes, standing.last_seq() + 1, 0)) << "of another moment";
  EXPECT_FALSE(Standing::decode(bytes.substr(0, bytes.size() - 1), standing.last_seq(), 0));
  EXPECT_FALSE(Standing::decode("", 0, 0));
}

TEST(Standing, SmallDifferencesShow) {
  const Standing standing = some(1);
  Standing other = some(1);
  other.know(item(0, 4'999'999), fingerprint("x"));
  EXPECT_FALSE(other.agrees_with(standing));
  other = some(1);
  other.take_back(StepIndex{0}, ItemStatus::ok, false, 1);
  EXPECT_FALSE(other.agrees_with(standing));
}

}  // namespace
}  // namespace penstock::ledger
