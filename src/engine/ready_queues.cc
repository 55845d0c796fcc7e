// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where a queue stands is kept in three places (its state, a step's heap, a limit's waiting set);
// leave() and the two enter functions are the only ones that touch them.
#include "engine/ready_queues.h"

#include <algorithm>

#include "core/assert.h"

namespace penstock::engine {
namespace {

std::string name_of(StepIndex step, std::string_view key) {
  std::string name(1, static_cast<char>(step));
  name += key;
  return name;
}

}  // namespace

KeyQueue* ReadyQueues::find(StepIndex step, std::string_view key) {
  const auto found = queues_.find(name_of(step, key));
  return found == queues_.end() ? nullptr : found->second.get();
}

KeyQueue& ReadyQueues::at(StepIndex step, std::string_view key,
                          const std::vector<std::string>& keys,
                          std::optional<ItemId> loaded_through) {
  auto& queue = queues_[name_of(step, key)];
  if (!queue) {
    queue = std::make_unique<KeyQueue>();
    queue->step = step;
    queue->key = key;
    queue->keys = keys;
    queue->loaded_through = loaded_through;
  }
  return *queue;
}

void ReadyQueues::count(const KeyQueue& queue, std::ptrdiff_t items) {
  items_ += static_cast<std::size_t>(items);
  items_by_step_[static_cast<std::size_t>(queue.step)] += static_cast<std::size_t>(items);
}

void ReadyQueues::push(KeyQueue& queue, ItemPtr item, TimePoint now) {
  queue.ready.push_back(std::move(item));
  count(queue, 1);
  if (queue.state_ == KeyQueue::State::idle) enter_due(queue, now);
}

void ReadyQueues::push_front(KeyQueue& queue, ItemPtr item, TimePoint now) {
  queue.ready.push_front(std::move(item));
  count(queue, 1);
  if (queue.state_ == KeyQueue::State::idle) enter_due(queue, now);
}

ItemPtr ReadyQueues::pop(KeyQueue& queue) {
  PENSTOCK_ASSERT(!queue.ready.empty());
  ItemPtr item = std::move(queue.ready.front());
  queue.ready.pop_front();
  count(queue, -1);
  return item;
}

KeyQueue* ReadyQueues::first_due(StepIndex step, TimePoint now) {
  auto& heap = due_[static_cast<std::size_t>(step)];
  if (heap.empty() || (*heap.begin())->due_at_ > now) return nullptr;
  return *heap.begin();
}

TimePoint ReadyQueues::next_due() const {
  TimePoint next = TimePoint::max();
  for (const auto& heap : due_) {
    if (!heap.empty()) next = std::min(next, (*heap.begin())->due_at_);
  }
  return next;
}

void ReadyQueues::leave(KeyQueue& queue) {
  if (queue.state_ == KeyQueue::State::due) {
    due_[static_cast<std::size_t>(queue.step)].erase(&queue);
  } else if (queue.state_ == KeyQueue::State::blocked) {
    Waiting& waiting = blocked_[queue.blocked_on_];
    waiting.all.erase(&queue);
    const auto same_key = waiting.by_key.find(queue.blocked_key_);
    same_key->second.erase(&queue);
    if (same_key->second.empty()) waiting.by_key.erase(same_key);
  }
  queue.state_ = KeyQueue::State::idle;
}

void ReadyQueues::enter_due(KeyQueue& queue, TimePoint when) {
  queue.due_at_ = when;
  queue.turn_ = ++turns_;
  queue.state_ = KeyQueue::State::due;
  due_[static_cast<std::size_t>(queue.step)].insert(&queue);
}

void ReadyQueues::postpone(KeyQueue& queue, TimePoint when) {
  leave(queue);
  if (!queue.ready.empty()) enter_due(queue, when);
}

void ReadyQueues::block(KeyQueue& queue, std::size_t limit, std::string_view key) {
  leave(queue);
  if (queue.ready.empty()) return;
  queue.turn_ = ++turns_;
  queue.blocked_on_ = limit;
  queue.blocked_key_ = key;
  queue.state_ = KeyQueue::State::blocked;
  Waiting& waiting = blocked_[limit];
  waiting.all.insert(&queue);
  waiting.by_key[queue.blocked_key_].insert(&queue);
}

void ReadyQueues::wake_some(InTurn& waiting, std::size_t queues_max, TimePoint now) {
  std::vector<KeyQueue*> woken;
  for (KeyQueue* queue : waiting) {
    if (woken.size() == queues_max) break;
    woken.push_back(queue);
  }
  for (KeyQueue* queue : woken) postpone(*queue, now);  // Changes `waiting`.
}

void ReadyQueues::wake(std::size_t limit, std::string_view key, std::size_t others_max,
                       TimePoint now) {
  const auto waiting = blocked_.find(limit);
  if (waiting == blocked_.end()) return;
  const auto same_key = waiting->second.by_key.find(std::string(key));
  if (same_key != waiting->second.by_key.end()) wake_some(same_key->second, 2, now);
  wake_some(waiting->second.all, others_max, now);
}

void ReadyQueues::wake_all(std::size_t limit, TimePoint now) {
  const auto waiting = blocked_.find(limit);
  if (waiting != blocked_.end()) wake_some(waiting->second.all, SIZE_MAX, now);
}

void ReadyQueues::note_hungry(KeyQueue& queue) {
  if (!std::exchange(queue.is_hungry_, true)) hungry_.push_back(&queue);
}

std::vector<KeyQueue*> ReadyQueues::take_hungry() {
  for (KeyQueue* queue : hungry_) queue->is_hungry_ = false;
  return std::exchange(hungry_, {});
}

void ReadyQueues::visit(StepIndex step, const std::function<void(const Item&)>& look) const {
  for (const auto& [name, queue] : queues_) {
    if (queue->step != step) continue;
    for (const ItemPtr& item : queue->ready) look(*item);
  }
}

void ReadyQueues::drop_if_empty(KeyQueue& queue) {
  const bool is_empty = queue.ready.empty() && queue.stored == 0 && queue.arriving == 0;
  if (!is_empty || queue.requested || queue.is_hungry_) return;
  leave(queue);
  queues_.erase(name_of(queue.step, queue.key));
}

}  // namespace penstock::engine
