// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Queues by key: who is asked first, who waits for what, and that a crowd costs nothing.
#include "engine/ready_queues.h"

#include <gtest/gtest.h>
#include <malloc.h>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr StepIndex kFirst{0};

class ReadyQueuesTest : public ::testing::Test {
 protected:
  KeyQueue& push(const std::string& host, std::uint64_t item = 0) {
    KeyQueue& queue = queues_.at(kFirst, host, std::nullopt);
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
  EXPECT_EQ(queues_.at(kFirst, "a", ItemId{7}).loaded_through, ItemId{7});
  EXPECT_EQ(queues_.at(kFirst, "a", ItemId{9}).loaded_through, ItemId{7}) << "it is there";
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
  EXPECT_EQ(queues_.take_hungry(), &a);
  EXPECT_EQ(queues_.take_hungry(), nullptr);
}

TEST_F(ReadyQueuesTest, AsksEverybodyAgain) {
  queues_.postpone(push("a"), now_ + 1h);
  queues_.block(push("b"), 3, "b");
  queues_.ask_all_again(now_);
  EXPECT_EQ(queues_.next_due(), now_);
  queues_.postpone(*queues_.find(kFirst, next()), now_ + 1s);
  EXPECT_NE(next(), "") << "both are due";
}

TEST_F(ReadyQueuesTest, VisitsItemsThatAreDueAndItemsThatAreBlocked) {
  push("a", 1);
  queues_.block(push("b", 2), 3, "b");
  std::uint64_t sum = 0;
  queues_.visit(kFirst, [&](const Item& item) { sum += item.own.item.sequence(); });
  EXPECT_EQ(sum, 3U);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/// README.md and the design note say 256 bytes.
TEST_F(ReadyQueuesTest, AHostWhoseItemsAreAllInTheLedgerCostsLittle) {
  constexpr std::size_t kHosts = 100'000;
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < kHosts; ++i) {
    const std::string host = "www.example-host-" + std::to_string(i) + ".org";
    KeyQueue& queue = push(host);
    queues_.pop(queue);
    queues_.postpone(queue, now_);
    queue.stored = 2;
    queues_.note_hungry(queue);
  }
  EXPECT_EQ(queues_.queues(), kHosts);
  EXPECT_LE((mallinfo2().uordblks - before) / kHosts, 256U);
}
#endif

}  // namespace
}  // namespace penstock::engine
