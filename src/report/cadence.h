// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// When the next line is worth drawing. Arithmetic on a time that is passed in.
#pragma once

#include <penstock/time.h>

#include <optional>

namespace penstock::report {

/// At most one drawing per period; the first at once.
class Cadence {
 public:
  explicit Cadence(Duration period) : period_(period) {}

  /// True if a drawing is due, which then counts as done.
  bool due(TimePoint now) noexcept {
    if (last_ && now - *last_ < period_) return false;
    last_ = now;
    return true;
  }

  /// When due() will be true next.
  TimePoint next(TimePoint now) const noexcept { return last_ ? *last_ + period_ : now; }

 private:
  Duration period_;
  std::optional<TimePoint> last_;
};

}  // namespace penstock::report
