// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How many starts a sliding window holds, exactly or a little too many, never too few.
#pragma once

#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace penstock::limits {

/// At most `count` in any half-open window of length `window`.
///
/// A run stands for all starts in (end - grain, end] and counts them at its end, so that a log of
/// a million starts stays at about kRunsMax runs. Up to kRunsMax permits a window the grain is
/// zero and the log exact.
///
/// Invariants: 1. runs_ is sorted by end. 2. total_ is the sum of their counts.
class WindowLog {
 public:
  static constexpr std::int64_t kRunsMax = 512;

  struct Run {
    TimePoint end;
    std::int64_t count;
  };

  WindowLog(std::int64_t count, Duration window) noexcept;

  /// The first instant from `from` at which `cost` more fit. Starts that lie ahead of it count
  /// too. More than `count` fits alone: into an empty window.
  TimePoint slot(TimePoint from, std::int64_t cost) const noexcept;

  void add(TimePoint at, std::int64_t cost);

  /// Forget what add() counted at this instant, as far as it is still there.
  void remove(TimePoint at, std::int64_t cost);

  /// Drop what no window from `now` on can hold.
  void prune(TimePoint now);

  bool empty(TimePoint now) const noexcept;
  const std::deque<Run>& runs() const noexcept { return runs_; }
  Duration window() const noexcept { return window_; }

 private:
  std::deque<Run>::iterator at_or_after(TimePoint at);

  std::int64_t count_;
  Duration window_;
  Duration grain_;
  std::deque<Run> runs_;
  std::int64_t total_ = 0;
};

}  // namespace penstock::limits
