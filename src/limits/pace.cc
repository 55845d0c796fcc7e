// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See pace.h.
#include "limits/pace.h"

#include <algorithm>

namespace penstock::limits {

TimePoint Pace::slot(TimePoint from) const noexcept {
  return std::max(from, full_at_ - span(burst_ - 1));
}

void Pace::take(TimePoint at, std::int64_t cost) noexcept {
  full_at_ = std::max(full_at_, at) + span(cost);
}

void Pace::give_back(std::int64_t cost) noexcept { full_at_ -= span(cost); }

void Pace::empty(TimePoint now) noexcept {
  // Before `now` an interval x holds at most burst + x / interval starts. With a debt of burst - 1
  // beside the empty bucket, an interval y after it holds at most y / interval - burst + 1.
  full_at_ = std::max(full_at_, now + kWindowMargin + span(2 * burst_ - 1));
}

Duration Pace::span(std::int64_t cost) const noexcept {
  // A debt ends somewhere: ten years stand for "never" and cannot overflow.
  constexpr Duration kSpanMax = std::chrono::hours(24 * 3653);
  return cost < kSpanMax / interval_ ? interval_ * cost : kSpanMax;
}

}  // namespace penstock::limits
