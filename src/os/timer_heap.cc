// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The heap holds (instant, order, id); the id carries the slot's generation, so that an entry whose
// timer was cancelled is known by looking, without searching the heap.
#include "os/timer_heap.h"

#include <algorithm>
#include <utility>

namespace penstock::os {
namespace {

constexpr unsigned kGenerationShift = 32;
constexpr std::size_t kCompactFrom = 64;

std::uint32_t slot_of(TimerId timer) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(timer));
}

}  // namespace

bool TimerHeap::is_later(const Entry& a, const Entry& b) noexcept {
  return a.when != b.when ? a.when > b.when : a.order > b.order;
}

TimerHeap::Slot* TimerHeap::find(TimerId timer) noexcept {
  if (slot_of(timer) >= slots_.size()) return nullptr;
  Slot& slot = slots_[slot_of(timer)];
  return slot.generation == static_cast<std::uint64_t>(timer) >> kGenerationShift ? &slot : nullptr;
}

TimerId TimerHeap::at(TimePoint when, Task task) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.task = std::move(task);
  const TimerId timer{(std::uint64_t{slot.generation} << kGenerationShift) | index};
  entries_.push_back(Entry{.when = when, .order = made_++, .timer = timer});
  std::push_heap(entries_.begin(), entries_.end(), is_later);
  return timer;
}

TimerHeap::Task TimerHeap::release(TimerId timer) {
  Slot& slot = *find(timer);
  Task task = std::exchange(slot.task, nullptr);
  if (++slot.generation == 0) slot.generation = 1;  // Keeps id 0 free.
  free_.push_back(slot_of(timer));
  return task;
}

void TimerHeap::cancel(TimerId timer) {
  if (find(timer) == nullptr) return;
  (void)release(timer);
  ++stale_;
  if (entries_.size() >= kCompactFrom && stale_ > entries_.size() / 2) compact();
}

void TimerHeap::compact() {
  std::erase_if(entries_, [this](const Entry& entry) { return find(entry.timer) == nullptr; });
  std::make_heap(entries_.begin(), entries_.end(), is_later);
  stale_ = 0;
}

void TimerHeap::drop_stale_top() {
  while (!entries_.empty() && find(entries_.front().timer) == nullptr) {
    std::pop_heap(entries_.begin(), entries_.end(), is_later);
    entries_.pop_back();
    --stale_;
  }
}

std::optional<TimePoint> TimerHeap::next_due() {
  drop_stale_top();
  if (entries_.empty()) return std::nullopt;
  return entries_.front().when;
}

TimerHeap::Task TimerHeap::take_due(TimePoint now, std::uint64_t made_before) {
  drop_stale_top();
  if (entries_.empty() || entries_.front().when > now) return nullptr;
  if (entries_.front().order >= made_before) return nullptr;
  const TimerId timer = entries_.front().timer;
  std::pop_heap(entries_.begin(), entries_.end(), is_later);
  entries_.pop_back();
  return release(timer);
}

}  // namespace penstock::os
