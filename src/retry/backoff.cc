// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See backoff.h.
#include "retry/backoff.h"

#include <algorithm>
#include <cmath>

namespace penstock::retry {

Duration backoff(const RetryOptions& options, int failures, std::uint64_t random) noexcept {
  const Duration cap = options.max_wait;
  const Duration first = std::min<Duration>(options.first_wait, cap);
  // In floating point a hundred doublings overflow nothing.
  const double doubled = std::ldexp(static_cast<double>(first.count()), failures - 1);
  const double highest = std::min(doubled, static_cast<double>(cap.count()));
  const double share = std::ldexp(static_cast<double>(random >> 11U), -53);
  return Duration(static_cast<std::int64_t>(highest * share));
}

}  // namespace penstock::retry
