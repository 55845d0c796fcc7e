// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See eta.h.
#include "progress/eta.h"

#include <cmath>

namespace penstock::progress {
namespace {

constexpr std::chrono::seconds kElapsedMin{3};
constexpr std::int64_t kItemsMin = 10;
constexpr std::chrono::duration<double> kLongest = std::chrono::hours(24 * 3653);

}  // namespace

std::optional<std::chrono::seconds> Eta::for_items(std::int64_t items,
                                                   TimePoint now) const noexcept {
  if (items <= 0) return std::chrono::seconds(0);
  const std::int64_t seen = rate_.events(now);
  if (now - began_ < kElapsedMin || seen < kItemsMin) return std::nullopt;
  // A window is shorter than five minutes at first: the rate over the time since the start.
  const double elapsed = std::chrono::duration<double>(now - began_).count();
  const double rate = rate_.per_s(now).value_or(static_cast<double>(seen) / elapsed);
  const double rest = std::ceil(static_cast<double>(items) / rate);
  if (rest > kLongest.count()) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(rest));
}

}  // namespace penstock::progress
