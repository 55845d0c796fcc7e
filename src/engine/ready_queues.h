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
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/item.h"

namespace penstock::engine {

/// The items of one step that share all their limit keys.
///
/// 1. A queue is in exactly one state: idle (nothing in memory), due (in its step's heap) or
///    blocked (waits for an event of one limit).
/// 2. In memory is a short stretch of the pending items; `stored` more are in the ledger, all of
///    them behind `loaded_through`, or from `put_away_first` on.
/// 3. There may be a million of them, most of them idle: what only the others need is in a Line.
class KeyQueue {
 public:
  KeyQueue(StepIndex its_step, std::string_view name) : key(name), step(its_step) {}

  const std::string key;     // As stored in the ledger.
  std::uint64_t stored = 0;  // Items that are in the ledger alone.
  std::optional<ItemId> loaded_through;
  std::optional<ItemId> put_away_first;  // The lowest since the last request.
  std::uint32_t arriving = 0;  // Children that come when their parent's verdict is durable.
  std::uint32_t asked = 0;     // So many more are asked of the ledger; 0: no request is with it.
  std::uint32_t appetite = 0;  // Items that it has shown to start between two requests.
  TimePoint asked_at{};        // The last request.
  const StepIndex step;

  std::size_t ready() const noexcept { return line_ ? line_->items.size() : 0; }

  /// REQUIRES: ready() > 0.
  const Item& first() const { return *line_->items.front(); }

 private:
  friend class ReadyQueues;
  enum class State : std::uint8_t { idle, due, blocked };
  struct Line {
    std::deque<ItemPtr> items;
    TimePoint due_at{};
    std::uint64_t turn = 0;
    std::size_t blocked_on = 0;  // Index into Plan::limits.
    std::string blocked_key;
  };

  State state_ = State::idle;
  bool is_hungry_ = false;
  std::unique_ptr<Line> line_;  // Only while it is due or blocked.
};

/// Threads: owner only.
class ReadyQueues {
 public:
  explicit ReadyQueues(std::size_t steps) : due_(steps), items_by_step_(steps) {}

  /// The queue of this name, or null.
  KeyQueue* find(StepIndex step, std::string_view key);

  /// The queue of this name. If there is none it is made: nothing of it up to `loaded_through` is
  /// in the ledger alone.
  KeyQueue& at(StepIndex step, std::string_view key, std::optional<ItemId> loaded_through);

  void push(KeyQueue& queue, ItemPtr item, TimePoint now);

  /// In front of all that wait: a retry, a hop, an item that came back unblamed.
  void push_front(KeyQueue& queue, ItemPtr item, TimePoint now);

  /// Take the first item. REQUIRES: ready() > 0. Call postpone() or block() when done taking.
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

  /// Every queue is due: what it was told to wait for may hold no more.
  void ask_all_again(TimePoint now);

  /// This queue may want more from the ledger. It stands in line once, also if noted again.
  void note_hungry(KeyQueue& queue);

  /// The one that has been hungry longest, which then is so no more; null if none is.
  KeyQueue* take_hungry();

  /// Every item of this step that is ready.
  void visit(StepIndex step, const std::function<void(const Item&)>& look) const;

  /// Forget a queue that has nothing in memory, nothing stored and nothing on its way.
  void drop_if_empty(KeyQueue& queue);

  std::size_t items() const noexcept { return items_; }
  std::size_t items(StepIndex step) const { return items_by_step_[static_cast<std::size_t>(step)]; }
  std::size_t queues() const noexcept { return queues_.size(); }

 private:
  enum class Place : std::uint8_t { first, last };
  struct ByDue {
    bool operator()(const KeyQueue* a, const KeyQueue* b) const noexcept {
      const KeyQueue::Line& first = *a->line_;
      const KeyQueue::Line& second = *b->line_;
      return first.due_at != second.due_at ? first.due_at < second.due_at
                                           : first.turn < second.turn;
    }
  };
  struct ByTurn {
    bool operator()(const KeyQueue* a, const KeyQueue* b) const noexcept {
      return a->line_->turn < b->line_->turn;
    }
  };
  using InTurn = std::set<KeyQueue*, ByTurn>;
  struct Waiting {
    InTurn all;
    std::unordered_map<std::string, InTurn> by_key;
  };

  /// Queues are found by what they are called, without a name made for it.
  struct Name {
    StepIndex step;
    std::string_view key;
    friend bool operator==(const Name&, const Name&) = default;
  };
  using Owned = std::unique_ptr<KeyQueue>;
  static Name name_of(const Name& name) noexcept { return name; }
  static Name name_of(const Owned& queue) noexcept { return {queue->step, queue->key}; }
  struct Hash {
    using is_transparent = void;
    template <typename Named>
    std::size_t operator()(const Named& named) const noexcept {
      const Name name = name_of(named);
      return std::hash<std::string_view>{}(name.key) + static_cast<std::size_t>(name.step);
    }
  };
  struct Equal {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const noexcept {
      return name_of(a) == name_of(b);
    }
  };

  void push_to(KeyQueue& queue, ItemPtr item, TimePoint now, Place place);
  void leave(KeyQueue& queue);
  void enter_due(KeyQueue& queue, TimePoint when);
  void wake_some(InTurn& waiting, std::size_t queues_max, TimePoint now);
  void count(const KeyQueue& queue, std::ptrdiff_t items);

  std::unordered_set<Owned, Hash, Equal> queues_;
  std::vector<std::set<KeyQueue*, ByDue>> due_;       // By step.
  std::unordered_map<std::size_t, Waiting> blocked_;  // By limit.
  std::deque<KeyQueue*> hungry_;
  std::vector<std::size_t> items_by_step_;
  std::size_t items_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace penstock::engine
