// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How long to wait before another attempt. Randomness is an argument.
#pragma once

#include <penstock/retry.h>
#include <penstock/time.h>

#include <cstdint>

namespace penstock::retry {

/// Anything from zero to first_wait doubled with each failure, capped at max_wait: full jitter, so
/// that those who failed together do not come back together.
/// REQUIRES: failures >= 1; `random` even over all 64 bits.
/// Source: Brooker, "Exponential backoff and jitter", AWS architecture blog, 2015.
[[nodiscard]] Duration backoff(const RetryOptions& options, int failures,
                               std::uint64_t random) noexcept;

}  // namespace penstock::retry
