// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Words of options and queries turned into quantities: "200ms", "64K", "50/s", "10%".
// It never guesses a missing unit: a bare number is a duration only when it is zero.
#pragma once

#include <penstock/error.h>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace penstock::lab {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::steady_clock::time_point;

/// Shape: a decimal number and ns, us, ms, s, min or h; "0" alone is zero.
/// Errors: invalid, for anything else, negative, or longer than a day.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// Shape: a whole number, with K, M or G for powers of 1,024 if wanted. Errors: invalid.
[[nodiscard]] Result<std::uint64_t> parse_bytes(std::string_view text);

/// Errors: invalid, unless all of the text is one whole number.
[[nodiscard]] Result<std::uint64_t> parse_whole(std::string_view text);

/// Shape: "0.1" or "10%". Errors: invalid, outside 0 to 1.
[[nodiscard]] Result<double> parse_share(std::string_view text);

/// Shape: "50/s", "600/min", "5/100ms". Units: per second. Errors: invalid, also for zero.
[[nodiscard]] Result<double> parse_rate(std::string_view text);

/// The error of a text that is not what it should be.
[[nodiscard]] Error not_a(std::string_view what, std::string_view text);

}  // namespace penstock::lab
