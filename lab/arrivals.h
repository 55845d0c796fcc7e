// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// When requests arrived, judged exactly: the most in any sliding second, the least spacing.
// Time is an argument; nothing here reads a clock.
#pragma once

#include "units.h"

#include <cstdint>
#include <vector>

namespace penstock::lab {

/// Arrivals may be added out of order by up to kDisorderMax: requests on many connections are
/// read in another order than they came. Kept times are sorted and judged in batches, so that an
/// arrival costs a few nanoseconds and memory holds some seconds of traffic, not all of it.
///
/// Threads: owner only.
class Arrivals {
 public:
  static constexpr Duration kWindow = std::chrono::seconds(1);
  static constexpr Duration kDisorderMax = std::chrono::seconds(2);

  struct Judged {
    std::uint64_t most_in_window = 0;  ///< In any half-open window (t - 1 s, t].
    Duration least_spacing{-1};        ///< Between neighbours; negative: fewer than two.
    Duration span{0};                  ///< From the first to the last.
  };

  void add(TimePoint at);

  /// Over everything added so far.
  [[nodiscard]] Judged judged();

 private:
  void settle();

  std::vector<TimePoint> recent_;  // Not yet beyond the reach of a late one.
  std::size_t settle_at_ = kSettleMin;
  Judged judged_;
  TimePoint first_ = TimePoint::max();
  TimePoint last_ = TimePoint::min();

  static constexpr std::size_t kSettleMin = 1024;
};

}  // namespace penstock::lab
