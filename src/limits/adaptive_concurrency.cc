// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See adaptive_concurrency.h.
#include "limits/adaptive_concurrency.h"

#include <algorithm>
#include <cmath>

namespace penstock::limits {
namespace {

constexpr int kShrinksInVain = 8;
constexpr Duration kMemory = std::chrono::minutes(1);

}  // namespace

AdaptiveConcurrency::AdaptiveConcurrency(std::int64_t limit_max) noexcept
    : limit_max_(limit_max), limit_(1) {}

void AdaptiveConcurrency::ended(Ending ending, Duration latency, std::int64_t in_flight,
                                TimePoint now) noexcept {
  if (ending == Ending::not_sent) return;
  last_ended_ = now;
  was_full_ = was_full_ || in_flight >= limit_;
  if (deaf_for_ > 0) {
    --deaf_for_;
  } else if (ending == Ending::ok) {
    count(latency);
  } else {
    cut(in_flight);
  }
}

void AdaptiveConcurrency::set_max(std::int64_t limit_max) noexcept {
  limit_max_ = limit_max;
  set(limit_);
}

bool AdaptiveConcurrency::rested(TimePoint now) const noexcept {
  return last_ended_ + kMemory <= now;
}

void AdaptiveConcurrency::cut(std::int64_t in_flight) noexcept {
  is_searching_ = false;
  deaf_for_ = in_flight - 1;
  answers_ = 0;
  latencies_ = Duration(0);
  was_full_ = false;
  set(limit_ - (limit_ + 3) / 4);
}

void AdaptiveConcurrency::count(Duration latency) noexcept {
  ++answers_;
  latencies_ += latency;
  if (answers_ >= limit_) finish_round();
}

void AdaptiveConcurrency::finish_round() noexcept {
  const Duration mean = latencies_ / answers_;
  best_ = best_ == Duration(0) ? mean : std::min(best_, mean);
  if (mean > 2 * best_) {
    shrink(mean);
  } else {
    shrinks_ = 0;
    if (was_full_) grow();
  }
  answers_ = 0;
  latencies_ = Duration(0);
  was_full_ = false;
}

void AdaptiveConcurrency::grow() noexcept {
  const auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(limit_)));
  set(is_searching_ ? limit_ * 2 : limit_ + root);
}

void AdaptiveConcurrency::shrink(Duration mean) noexcept {
  is_searching_ = false;
  if (shrinks_++ == 0) slow_mean_ = mean;
  const bool is_our_queue = mean < slow_mean_ - slow_mean_ / 4;
  if (shrinks_ > kShrinksInVain && !is_our_queue) {
    best_ = mean;
    shrinks_ = 0;
  } else {
    set(limit_ - (limit_ + 9) / 10);
  }
}

void AdaptiveConcurrency::set(std::int64_t limit) noexcept {
  limit_ = std::clamp<std::int64_t>(limit, 1, limit_max_);
}

}  // namespace penstock::limits
