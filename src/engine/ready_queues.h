// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Items that wait for their start, by (step, limit key). A heap of keys, not of items: however
// many pages of one slow host wait, finding the next that may start costs the same.
#pragma once

#include <penstock/item.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/item.h"

namespace penstock::engine {

/// The items of one step that share all their limit keys.
///
/// 1. A queue is in exactly one state: idle (nothing in memory), due (in its step's heap) or
///    blocked (waits for an event of one limit).
/// 2. `ready` is a short stretch of the pending items; `stored` more are in the ledger, all of
///    them behind `loaded_through`, or from `put_away_first` on.
struct KeyQueue {
  enum class State : std::uint8_t { idle, due, blocked };

  StepIndex step{};
  std::string key;                // As stored in the ledger.
  std::vector<std::string> keys;  // One for every limit of the step, in its order.
  std::deque<ItemPtr> ready;
  std::uint64_t stored = 0;
  std::optional<ItemId> loaded_through;
  std::size_t arriving = 0;  // Children that come when their parent's verdict is durable.
  bool requested = false;    // A request for more is with the ledger.
  std::optional<ItemId> put_away_first;  // The lowest since the last request.

 private:
  friend class ReadyQueues;
  State state_ = State::idle;
  TimePoint due_at_{};
  std::uint64_t turn_ = 0;
  std::size_t blocked_on_ = 0;  // Index into Plan::limits.
  std::string blocked_key_;
  bool is_hungry_ = false;
};

/// Threads: owner only.
class ReadyQueues {
 public:
  explicit ReadyQueues(std::size_t steps) : due_(steps), items_by_step_(steps) {}

  /// The queue of this name, or null.
  KeyQueue* find(StepIndex step, std::string_view key);

  /// The queue of this name. If there is none it is made: `keys` are its limit keys, and nothing
  /// of it up to `loaded_through` is in the ledger alone.
  KeyQueue& at(StepIndex step, std::string_view key, const std::vector<std::string>& keys,
               std::optional<ItemId> loaded_through);

  void push(KeyQueue& queue, ItemPtr item, TimePoint now);

  /// In front of all that wait: a retry, a hop, an item that came back unblamed.
  void push_front(KeyQueue& queue, ItemPtr item, TimePoint now);

  /// Take the first item. REQUIRES: !queue.ready.empty(). Call settle_place() when done taking.
  ItemPtr pop(KeyQueue& queue);

  /// The queue of this step that is to be asked first, if its time has come; null otherwise.
  KeyQueue* first_due(StepIndex step, TimePoint now);

  /// When the first queue of any step wants to be asked; max() if none.
  TimePoint next_due() const;

  /// Ask this queue again at `when`, behind others of the same instant; idle if it is empty.
  void postpone(KeyQueue& queue, TimePoint when);

  /// Ask this queue again only after a wake() of this limit; idle if it is empty.
  void block(KeyQueue& queue, std::size_t limit, std::string_view key);

  /// Something of `limit` was given back for `key`: at most `others_max` queues that wait for other
  /// keys of it are due too.
  void wake(std::size_t limit, std::string_view key, std::size_t others_max, TimePoint now);
  void wake_all(std::size_t limit, TimePoint now);

  /// This queue may want more from the ledger; named once until the next take_hungry().
  void note_hungry(KeyQueue& queue);
  std::vector<KeyQueue*> take_hungry();

  /// Every item of this step that is ready.
  void visit(StepIndex step, const std::function<void(const Item&)>& look) const;

  /// Forget a queue that has nothing in memory, nothing stored and nothing on its way.
  void drop_if_empty(KeyQueue& queue);

  std::size_t items() const noexcept { return items_; }
  std::size_t items(StepIndex step) const { return items_by_step_[static_cast<std::size_t>(step)]; }
  std::size_t queues() const noexcept { return queues_.size(); }

 private:
  struct ByDue {
    bool operator()(const KeyQueue* a, const KeyQueue* b) const noexcept {
      return a->due_at_ != b->due_at_ ? a->due_at_ < b->due_at_ : a->turn_ < b->turn_;
    }
  };
  struct ByTurn {
    bool operator()(const KeyQueue* a, const KeyQueue* b) const noexcept {
      return a->turn_ < b->turn_;
    }
  };
  using InTurn = std::set<KeyQueue*, ByTurn>;
  struct Waiting {
    InTurn all;
    std::unordered_map<std::string, InTurn> by_key;
  };

  void leave(KeyQueue& queue);
  void enter_due(KeyQueue& queue, TimePoint when);
  void wake_some(InTurn& waiting, std::size_t queues_max, TimePoint now);
  void count(const KeyQueue& queue, std::ptrdiff_t items);

  std::unordered_map<std::string, std::unique_ptr<KeyQueue>> queues_;
  std::vector<std::set<KeyQueue*, ByDue>> due_;       // By step.
  std::unordered_map<std::size_t, Waiting> blocked_;  // By limit.
  std::vector<KeyQueue*> hungry_;
  std::vector<std::size_t> items_by_step_;
  std::size_t items_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace penstock::engine
