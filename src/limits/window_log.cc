// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See window_log.h.
#include "limits/window_log.h"

#include <algorithm>

namespace penstock::limits {

WindowLog::WindowLog(std::int64_t count, Duration window) noexcept
    : count_(count), window_(window), grain_(count > kRunsMax ? window / kRunsMax : Duration(0)) {}

TimePoint WindowLog::slot(TimePoint from, std::int64_t cost) const noexcept {
  std::int64_t free = count_ - total_;
  if (free >= cost) return from;
  TimePoint slot = from;
  for (const Run& run : runs_) {
    slot = std::max(from, run.end + window_);
    free += run.count;
    if (free >= cost) break;
  }
  return slot;
}

void WindowLog::add(TimePoint at, std::int64_t cost) {
  if (cost <= 0) return;
  auto run = at_or_after(at);
  const bool covers = run != runs_.end() && (at == run->end || at > run->end - grain_);
  if (!covers) run = runs_.insert(run, Run{at + grain_, 0});
  run->count += cost;
  total_ += cost;
}

void WindowLog::remove(TimePoint at, std::int64_t cost) {
  const auto run = at_or_after(at);
  if (run == runs_.end()) return;
  const std::int64_t removed = std::min(cost, run->count);
  run->count -= removed;
  total_ -= removed;
  if (run->count == 0) runs_.erase(run);
}

void WindowLog::prune(TimePoint now) {
  while (!runs_.empty() && runs_.front().end + window_ <= now) {
    total_ -= runs_.front().count;
    runs_.pop_front();
  }
}

bool WindowLog::empty(TimePoint now) const noexcept {
  return runs_.empty() || runs_.back().end + window_ <= now;
}

std::deque<WindowLog::Run>::iterator WindowLog::at_or_after(TimePoint at) {
  return std::lower_bound(runs_.begin(), runs_.end(), at,
                          [](const Run& run, TimePoint t) { return run.end < t; });
}

}  // namespace penstock::limits
