// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Even pacing as arithmetic: the generic cell rate algorithm, a token bucket that is one instant.
// It smooths; WindowLog is what keeps a window exact.
#pragma once

#include <penstock/time.h>

#include "limits/answer.h"

#include <cstdint>

namespace penstock::limits {

/// One permit each `interval`, and up to `burst` at once after a rest.
///
/// Invariant: full_at_ is when the bucket will be full again, were nothing more taken.
/// Source: ITU-T I.371 annex A, virtual scheduling.
class Pace {
 public:
  Pace(Duration interval, std::int64_t burst) noexcept : interval_(interval), burst_(burst) {}

  /// The first instant from `from` at which one permit may start. A demand above the burst starts
  /// as one permit would and leaves a debt: delayed for others, but never starved.
  TimePoint slot(TimePoint from) const noexcept;

  void take(TimePoint at, std::int64_t cost) noexcept;
  void give_back(std::int64_t cost) noexcept;

  /// As if all that any earlier bucket could grant had just been granted: a start before `now`
  /// and one after it are together no more than one bucket would have let through.
  void empty(TimePoint now) noexcept;

  bool rested(TimePoint now) const noexcept { return full_at_ <= now; }
  TimePoint full_at() const noexcept { return full_at_; }
  void set_full_at(TimePoint full_at) noexcept { full_at_ = full_at; }

 private:
  Duration span(std::int64_t cost) const noexcept;

  Duration interval_;
  std::int64_t burst_;
  TimePoint full_at_ = kLongAgo;
};

}  // namespace penstock::limits
