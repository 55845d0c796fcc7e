// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Timers as arithmetic: instants go in, due tasks come out. It never reads a clock and never
// sleeps.
#pragma once

#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace penstock::os {

/// Names a timer; 0 names none. Never reused, so a stale id does nothing.
enum class TimerId : std::uint64_t {};

/// A min-heap of instants over a table of tasks. A cancelled entry stays in the heap until it
/// surfaces, or until half of the heap is such entries.
///
/// Threads: owner only.
class TimerHeap {
 public:
  using Task = std::function<void()>;

  TimerId at(TimePoint when, Task task);
  void cancel(TimerId timer);

  /// When the earliest timer is due; nothing if there is none.
  std::optional<TimePoint> next_due();

  /// The task of the earliest timer that is due at `now` and was made before `made_before`; it is
  /// then gone. Null: none. Equal instants come in the order of at().
  Task take_due(TimePoint now, std::uint64_t made_before);

  /// How many timers were ever made: the `made_before` of a round that begins now.
  std::uint64_t made() const noexcept { return made_; }
  std::size_t size() const noexcept { return entries_.size() - stale_; }

 private:
  struct Slot {
    std::uint32_t generation = 1;
    Task task;
  };
  struct Entry {
    TimePoint when;
    std::uint64_t order;
    TimerId timer;
  };
  static bool is_later(const Entry& a, const Entry& b) noexcept;
  Slot* find(TimerId timer) noexcept;
  Task release(TimerId timer);
  void drop_stale_top();
  void compact();

  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Entry> entries_;
  std::uint64_t made_ = 0;
  std::size_t stale_ = 0;
};

}  // namespace penstock::os
