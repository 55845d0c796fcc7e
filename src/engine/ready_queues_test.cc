// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Queues by key: who is asked first, who waits for what, and that a crowd costs nothing.
#include "engine/ready_queues.h"

#include <gtest/gtest.h>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr StepIndex kFirst{0};

class ReadyQueuesTest : public ::testing::Test {
 protected:
  KeyQueue& push(const std::string& host, std::uint64_t item = 0) {
    KeyQueue& queue = queues_.at(kFirst, host, {host}, std::nullopt);
    auto one = std::make_unique<Item>();
    one->own.item = ItemId::of(kFirst, item);
    queues_.push(queue, std::move(one), now_);
    return queue;
  }

  /// The host that is asked next; "" if nobody is due.
  std::string next() {
    const KeyQueue* queue = queues_.first_due(kFirst, now_);
    return queue == nullptr ? "" : queue->key;
  }

  ReadyQueues queues_{2};
  TimePoint now_{1h};
};

TEST_F(ReadyQueuesTest, AsksKeysInTurn) {
  KeyQueue& a = push("a");
  push("a");
  push("b");
  EXPECT_EQ(next(), "a");
  queues_.pop(a);
  queues_.postpone(a, now_);
  EXPECT_EQ(next(), "b");
}

TEST_F(ReadyQueuesTest, AsksNobodyBeforeItsTime) {
  queues_.postpone(push("a"), now_ + 1s);
  EXPECT_EQ(next(), "");
  EXPECT_EQ(queues_.next_due(), now_ + 1s);
  now_ += 1s;
  EXPECT_EQ(next(), "a");
}

TEST_F(ReadyQueuesTest, NewItemsDoNotWakeABlockedKey) {
  queues_.block(push("a"), 3, "a");
  push("a");
  EXPECT_EQ(next(), "");
  EXPECT_EQ(queues_.next_due(), TimePoint::max());
}

TEST_F(ReadyQueuesTest, AReleaseWakesItsKeyAndAsManyOthersAsAsked) {
  queues_.block(push("a"), 3, "a");
  queues_.block(push("b"), 3, "b");
  queues_.wake(3, "b", 0, now_);
  EXPECT_EQ(next(), "b");
  queues_.block(*queues_.find(kFirst, "b"), 3, "b");
  queues_.wake(4, "b", 9, now_);
  EXPECT_EQ(next(), "") << "another limit's release";
  queues_.wake(3, "nobody", 1, now_);
  EXPECT_EQ(next(), "a") << "the one that has waited longest";
}

TEST_F(ReadyQueuesTest, AnEmptyQueueIsNeitherDueNorBlocked) {
  KeyQueue& a = push("a");
  queues_.pop(a);
  queues_.postpone(a, now_);
  EXPECT_EQ(next(), "");
  queues_.block(a, 3, "a");
  queues_.wake_all(3, now_);
  EXPECT_EQ(next(), "");
}

TEST_F(ReadyQueuesTest, ForgetsOnlyWhatHasNothingLeft) {
  KeyQueue& a = push("a");
  queues_.drop_if_empty(a);
  EXPECT_EQ(queues_.queues(), 1U);
  queues_.pop(a);
  a.stored = 1;
  queues_.drop_if_empty(a);
  EXPECT_EQ(queues_.queues(), 1U);
  a.stored = 0;
  queues_.drop_if_empty(a);
  EXPECT_EQ(queues_.queues(), 0U);
}

TEST_F(ReadyQueuesTest, AQueueThatIsMadeAnewBeginsBehindWhatItHad) {
  EXPECT_EQ(queues_.at(kFirst, "a", {"a"}, ItemId{7}).loaded_through, ItemId{7});
  EXPECT_EQ(queues_.at(kFirst, "a", {"a"}, ItemId{9}).loaded_through, ItemId{7}) << "it is there";
}

TEST_F(ReadyQueuesTest, CountsItemsByStep) {
  KeyQueue& a = push("a");
  push("b");
  EXPECT_EQ(queues_.items(), 2U);
  EXPECT_EQ(queues_.items(kFirst), 2U);
  EXPECT_EQ(queues_.items(StepIndex{1}), 0U);
  queues_.pop(a);
  EXPECT_EQ(queues_.items(), 1U);
}

TEST_F(ReadyQueuesTest, NamesAHungryQueueOnce) {
  KeyQueue& a = push("a");
  queues_.note_hungry(a);
  queues_.note_hungry(a);
  EXPECT_EQ(queues_.take_hungry().size(), 1U);
  EXPECT_TRUE(queues_.take_hungry().empty());
}

}  // namespace
}  // namespace penstock::engine
