// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/item.h"

#include <gtest/gtest.h>

namespace penstock::engine {
namespace {

TEST(Item, ShowsItsParentToSteps) {
  Item item;
  item.own.value = R"({"rank":1})";
  EXPECT_EQ(item.flattened(), R"({"rank":1})");
  std::string room;
  EXPECT_EQ(item.flattened(room), R"({"rank":1})");
  EXPECT_TRUE(room.empty()) << "nothing to put together";
  item.context = std::make_shared<const std::string>(R"({"term":"x"})");
  EXPECT_EQ(item.flattened(), R"({"rank":1,"parent":{"term":"x"}})");
  EXPECT_EQ(item.flattened(room), R"({"rank":1,"parent":{"term":"x"}})");
}

TEST(Item, IsCalledByItsKeyOrItsNumber) {
  Item item;
  item.own.item = ItemId::of(StepIndex{0}, 16);
  EXPECT_EQ(item.shown_key(), "17");
  item.own.key = "NCT1";
  EXPECT_EQ(item.shown_key(), "NCT1");
}

TEST(Item, GoesWhereTheRedirectLeads) {
  Item item;
  item.own.hop = "http://a.test/?page=2";
  EXPECT_EQ(item.target(), "http://a.test/?page=2");
  item.redirect = "http://b.test/";
  EXPECT_EQ(item.target(), "http://b.test/");
}

TEST(Item, NothingComesBeforeTheFirstOfAStep) {
  EXPECT_EQ(before(ItemId::of(StepIndex{2}, 0)), std::nullopt);
  EXPECT_EQ(before(ItemId::of(StepIndex{2}, 5)), ItemId::of(StepIndex{2}, 4));
}

}  // namespace
}  // namespace penstock::engine
