// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// When a run will be done, or honestly nothing.
#pragma once

#include <penstock/time.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "progress/rate_window.h"

namespace penstock::progress {

/// Looks at the last five minutes, so that a burst does not promise and a pause does not threaten.
///
/// Threads: owner only. REQUIRES: `now` never before an earlier `now`.
class Eta {
 public:
  explicit Eta(TimePoint now) noexcept : rate_(std::chrono::minutes(5), now), began_(now) {}

  /// Items finished by this engine; what earlier ones did says nothing about its speed.
  void finished(std::int64_t items, TimePoint now) noexcept { rate_.count(items, now); }

  /// How long the rest will take at this pace, rounded up. None: too little has been seen (three
  /// seconds and ten items), nothing happens, or it would be more than ten years.
  std::optional<std::chrono::seconds> for_items(std::int64_t items, TimePoint now) const noexcept;

 private:
  RateWindow rate_;
  TimePoint began_;
};

}  // namespace penstock::progress
