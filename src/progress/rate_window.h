// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How fast something happens lately. Constant memory and time, whatever the rate.
#pragma once

#include <penstock/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace penstock::progress {

/// Counts in a ring of 20 buckets that together cover the window.
///
/// Threads: owner only. REQUIRES: `now` never before an earlier `now`.
class RateWindow {
 public:
  RateWindow(Duration window, TimePoint now) noexcept : grain_(window / kBuckets), began_(now) {}

  void count(std::int64_t events, TimePoint now) noexcept;

  /// Events a second over the window, or over the time since the start if that is shorter.
  /// None while a first bucket is not over: too early to say.
  std::optional<double> per_s(TimePoint now) const noexcept;

  /// Events that per_s() looks at.
  std::int64_t events(TimePoint now) const noexcept;

 private:
  static constexpr std::int64_t kBuckets = 20;

  struct Bucket {
    std::int64_t index = -1;  // Which grain since the start it counts.
    std::int64_t events = 0;
  };

  std::int64_t index(TimePoint now) const noexcept { return (now - began_) / grain_; }

  Duration grain_;
  TimePoint began_;
  std::array<Bucket, static_cast<std::size_t>(kBuckets)> buckets_{};
};

}  // namespace penstock::progress
