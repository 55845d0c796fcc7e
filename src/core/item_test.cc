// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Items are named by step and sequence; states have the names that results show.
#include <penstock/item.h>

#include <gtest/gtest.h>

#include <string>

namespace penstock {
namespace {

TEST(Item, IdHoldsStepAndSequence) {
  const ItemId item = ItemId::of(StepIndex{3}, ItemId::kSequenceMax);
  EXPECT_EQ(item.step(), StepIndex{3});
  EXPECT_EQ(item.sequence(), ItemId::kSequenceMax);
  EXPECT_LT(ItemId::of(StepIndex{0}, ItemId::kSequenceMax), ItemId::of(StepIndex{1}, 0));
}

TEST(Item, StatesHaveNames) {
  const auto name = [](ItemStatus status) { return std::string(to_string(status)); };
  EXPECT_EQ(name(ItemStatus::ok), "ok");
  EXPECT_EQ(name(ItemStatus::empty), "empty");
  EXPECT_EQ(name(ItemStatus::skipped), "skipped");
  EXPECT_EQ(name(ItemStatus::failed), "failed");
  EXPECT_EQ(name(ItemStatus::poisoned), "poisoned");
  EXPECT_EQ(name(static_cast<ItemStatus>(99)), "unknown");
}

}  // namespace
}  // namespace penstock
