// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// settle() judges all kept times again with the new ones, then forgets those that no later
// arrival can share a window with. Waiting until the kept times have doubled keeps it linear.
#include "arrivals.h"

#include <algorithm>

namespace penstock::lab {

void Arrivals::add(TimePoint at) {
  recent_.push_back(at);
  first_ = std::min(first_, at);
  last_ = std::max(last_, at);
  if (recent_.size() >= settle_at_) settle();
}

Arrivals::Judged Arrivals::judged() {
  settle();
  return judged_;
}

void Arrivals::settle() {
  if (recent_.empty()) return;
  judged_.span = last_ - first_;
  std::sort(recent_.begin(), recent_.end());
  std::size_t begin = 0;
  for (std::size_t i = 0; i < recent_.size(); ++i) {
    while (recent_[i] - recent_[begin] >= kWindow) ++begin;
    judged_.most_in_window = std::max<std::uint64_t>(judged_.most_in_window, i - begin + 1);
    if (i == 0) continue;
    const Duration spacing = recent_[i] - recent_[i - 1];
    const bool first = judged_.least_spacing.count() < 0;
    judged_.least_spacing = first ? spacing : std::min(judged_.least_spacing, spacing);
  }
  // At least the last one stays: the next spacing is counted from it.
  const auto horizon = recent_.back() - (kWindow + kDisorderMax);
  const auto kept = std::lower_bound(recent_.begin(), recent_.end() - 1, horizon);
  recent_.erase(recent_.begin(), kept);
  settle_at_ = std::max(kSettleMin, 2 * recent_.size());
}

}  // namespace penstock::lab
