// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See rate_window.h.
#include "progress/rate_window.h"

#include <algorithm>

namespace penstock::progress {

void RateWindow::count(std::int64_t events, TimePoint now) noexcept {
  const std::int64_t here = index(now);
  Bucket& bucket = buckets_[static_cast<std::size_t>(here % kBuckets)];
  if (bucket.index != here) bucket = Bucket{here, 0};
  bucket.events += events;
}

std::optional<double> RateWindow::per_s(TimePoint now) const noexcept {
  const std::int64_t here = index(now);
  if (here < 1) return std::nullopt;
  const std::int64_t oldest = std::max<std::int64_t>(0, here - kBuckets + 1);
  const std::chrono::duration<double> covered = now - (began_ + oldest * grain_);
  return static_cast<double>(events(now)) / covered.count();
}

std::int64_t RateWindow::events(TimePoint now) const noexcept {
  const std::int64_t here = index(now);
  std::int64_t events = 0;
  for (const Bucket& bucket : buckets_) {
    if (bucket.index > here - kBuckets) events += bucket.events;
  }
  return events;
}

}  // namespace penstock::progress
