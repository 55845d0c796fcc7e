// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Equal values: one leader, any number of followers, one answer.
#include "engine/unique_calls.h"

#include <gtest/gtest.h>

namespace penstock::engine {
namespace {

ItemPtr item_for(std::uint64_t value, std::uint64_t sequence) {
  auto item = std::make_unique<Item>();
  item->own.item = ItemId::of(StepIndex{1}, sequence);
  item->own.unique = Fingerprint{{value, 1}};
  return item;
}

TEST(UniqueCalls, FollowersWaitForTheLeadersAnswer) {
  UniqueCalls calls;
  ItemPtr leader = item_for(7, 1);
  EXPECT_EQ(calls.join(leader), UniqueCalls::Role::leader);
  ItemPtr follower = item_for(7, 2);
  EXPECT_EQ(calls.join(follower), UniqueCalls::Role::follower);
  EXPECT_EQ(follower, nullptr) << "taken in";
  EXPECT_EQ(calls.followers(), 1U);
  ItemPtr other = item_for(8, 3);
  EXPECT_EQ(calls.join(other), UniqueCalls::Role::leader);

  const auto answered = calls.answer(*leader, {.seq = Seq{5}, .output = "1"});
  ASSERT_EQ(answered.size(), 1U);
  EXPECT_EQ(answered[0]->own.item.sequence(), 2U);
  EXPECT_EQ(calls.followers(), 0U);
}

TEST(UniqueCalls, AnswersUntilTheLedgerHasIt) {
  UniqueCalls calls;
  ItemPtr leader = item_for(7, 1);
  calls.join(leader);
  calls.answer(*leader, {.seq = Seq{5}, .output = "1"});
  ItemPtr late = item_for(7, 2);
  ASSERT_EQ(calls.join(late), UniqueCalls::Role::answered);
  EXPECT_EQ(calls.answer_of(*late).output, "1");
  calls.forget(StepIndex{1}, leader->own.unique);
  EXPECT_EQ(calls.join(late), UniqueCalls::Role::leader) << "the ledger is asked from here on";
}

TEST(UniqueCalls, StepsDoNotShareValues) {
  UniqueCalls calls;
  ItemPtr leader = item_for(7, 1);
  calls.join(leader);
  ItemPtr elsewhere = item_for(7, 2);
  elsewhere->own.item = ItemId::of(StepIndex{2}, 2);
  EXPECT_EQ(calls.join(elsewhere), UniqueCalls::Role::leader);
}

}  // namespace
}  // namespace penstock::engine
