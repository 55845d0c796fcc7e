// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where a queue stands is kept in three places (its state, a step's heap, a limit's waiting set);
// leave() and the two enter functions are the only ones that touch them.
#include "engine/ready_queues.h"

#include <algorithm>

#include "core/assert.h"

namespace penstock::engine {

KeyQueue* ReadyQueues::find(StepIndex step, std::string_view key) {
  const auto found = queues_.find(Name{step, key});
  return found == queues_.end() ? nullptr : found->get();
}

KeyQueue& ReadyQueues::at(StepIndex step, std::string_view key,
                          std::optional<ItemId> loaded_through) {
  if (KeyQueue* queue = find(step, key)) return *queue;
  KeyQueue& made = **queues_.insert(std::make_unique<KeyQueue>(step, key)).first;
  made.loaded_through = loaded_through;
  return made;
}

void ReadyQueues::count(const KeyQueue& queue, std::ptrdiff_t items) {
  items_ += static_cast<std::size_t>(items);
  items_by_step_[static_cast<std::size_t>(queue.step)] += static_cast<std::size_t>(items);
}

void ReadyQueues::push(KeyQueue& queue, ItemPtr item, TimePoint now) {
  push_to(queue, std::move(item), now, Place::last);
}

void ReadyQueues::push_front(KeyQueue& queue, ItemPtr item, TimePoint now) {
  push_to(queue, std::move(item), now, Place::first);
}

void ReadyQueues::push_to(KeyQueue& queue, ItemPtr item, TimePoint now, Place place) {
  if (queue.state_ == KeyQueue::State::idle) enter_due(queue, now);
  auto& items = queue.line_->items;
  items.insert(place == Place::first ? items.begin() : items.end(), std::move(item));
  count(queue, 1);
}

ItemPtr ReadyQueues::pop(KeyQueue& queue) {
  PENSTOCK_ASSERT(queue.ready() > 0);
  ItemPtr item = std::move(queue.line_->items.front());
  queue.line_->items.pop_front();
  count(queue, -1);
  return item;
}

KeyQueue* ReadyQueues::first_due(StepIndex step, TimePoint now) {
  auto& heap = due_[static_cast<std::size_t>(step)];
  if (heap.empty() || (*heap.begin())->line_->due_at > now) return nullptr;
  return *heap.begin();
}

TimePoint ReadyQueues::next_due() const {
  TimePoint next = TimePoint::max();
  for (const auto& heap : due_) {
    if (!heap.empty()) next = std::min(next, (*heap.begin())->line_->due_at);
  }
  return next;
}

void ReadyQueues::leave(KeyQueue& queue) {
  if (queue.state_ == KeyQueue::State::due) {
    due_[static_cast<std::size_t>(queue.step)].erase(&queue);
  } else if (queue.state_ == KeyQueue::State::blocked) {
    Waiting& waiting = blocked_[queue.line_->blocked_on];
    waiting.all.erase(&queue);
    const auto same_key = waiting.by_key.find(queue.line_->blocked_key);
    same_key->second.erase(&queue);
    if (same_key->second.empty()) waiting.by_key.erase(same_key);
  }
  queue.state_ = KeyQueue::State::idle;
}

void ReadyQueues::enter_due(KeyQueue& queue, TimePoint when) {
  if (!queue.line_) queue.line_ = std::make_unique<KeyQueue::Line>();
  queue.line_->due_at = when;
  queue.line_->turn = ++turns_;
  queue.state_ = KeyQueue::State::due;
  due_[static_cast<std::size_t>(queue.step)].insert(&queue);
}

void ReadyQueues::postpone(KeyQueue& queue, TimePoint when) {
  leave(queue);
  if (queue.ready() == 0) return queue.line_.reset();
  enter_due(queue, when);
}

void ReadyQueues::block(KeyQueue& queue, std::size_t limit, std::string_view key) {
  leave(queue);
  if (queue.ready() == 0) return queue.line_.reset();
  queue.line_->turn = ++turns_;
  queue.line_->blocked_on = limit;
  queue.line_->blocked_key = key;
  queue.state_ = KeyQueue::State::blocked;
  Waiting& waiting = blocked_[limit];
  waiting.all.insert(&queue);
  waiting.by_key[queue.line_->blocked_key].insert(&queue);
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

void ReadyQueues::ask_all_again(TimePoint now) {
  for (auto& [limit, waiting] : blocked_) wake_some(waiting.all, SIZE_MAX, now);
  for (const auto& heap : due_) {
    for (KeyQueue* queue : std::vector<KeyQueue*>(heap.begin(), heap.end())) postpone(*queue, now);
  }
}

void ReadyQueues::note_hungry(KeyQueue& queue) {
  if (!std::exchange(queue.is_hungry_, true)) hungry_.push_back(&queue);
}

KeyQueue* ReadyQueues::take_hungry() {
  if (hungry_.empty()) return nullptr;
  KeyQueue* queue = hungry_.front();
  hungry_.pop_front();
  queue->is_hungry_ = false;
  return queue;
}

void ReadyQueues::visit(StepIndex step, const std::function<void(const Item&)>& look) const {
  const auto look_at = [&](const KeyQueue& queue) {
    for (const ItemPtr& item : queue.line_->items) look(*item);
  };
  for (const KeyQueue* queue : due_[static_cast<std::size_t>(step)]) look_at(*queue);
  for (const auto& [limit, waiting] : blocked_) {
    for (const KeyQueue* queue : waiting.all) {
      if (queue->step == step) look_at(*queue);
    }
  }
}

void ReadyQueues::drop_if_empty(KeyQueue& queue) {
  const bool is_empty = queue.ready() == 0 && queue.stored == 0 && queue.arriving == 0;
  if (!is_empty || queue.asked > 0 || queue.is_hungry_) return;
  leave(queue);
  queues_.erase(queues_.find(Name{queue.step, queue.key}));
}

}  // namespace penstock::engine
