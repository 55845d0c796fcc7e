// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The least time between two starts, counted from when the earlier request was really written.
#pragma once

#include <penstock/time.h>

#include "limits/answer.h"

#include <algorithm>

namespace penstock::limits {

/// Calls must match: ((slot take (started | abandon))*).
///
/// Between take() and started() nobody knows when the request will be written (a new connection
/// may take 200 ms longer than a kept one), so nothing else may be granted.
class Spacing {
 public:
  explicit Spacing(Duration spacing) noexcept { set(spacing); }

  /// Zero: none. The peer sees the gap with the jitter of two arrivals, hence a little is added:
  /// 20 ms, or a twentieth of a short spacing.
  void set(Duration spacing) noexcept { gap_ = spacing + std::min(kWindowMargin, spacing / 20); }

  bool exists() const noexcept { return gap_ > Duration(0); }

  /// Granted and not yet told.
  bool outstanding() const noexcept { return outstanding_; }

  TimePoint slot(TimePoint from) const noexcept { return std::max(from, last_ + gap_); }

  void take() noexcept { outstanding_ = true; }
  void started(TimePoint at) noexcept {
    outstanding_ = false;
    last_ = std::max(last_, at);
  }

  /// It was never written.
  void abandon() noexcept { outstanding_ = false; }

  bool rested(TimePoint now) const noexcept { return !outstanding_ && last_ + gap_ <= now; }
  TimePoint last() const noexcept { return last_; }

 private:
  Duration gap_{};
  TimePoint last_ = kLongAgo;
  bool outstanding_ = false;
};

}  // namespace penstock::limits
