// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Numbers as people read them. Pure, and the same under every locale.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::report {

/// 18564 -> "18,564".
std::string count_words(std::int64_t count);

/// "840 ms", "42 s", "6 min 10 s", "6 h 10 min", "3 d 4 h": two units at most, rounded down.
std::string duration_words(std::chrono::nanoseconds duration);

/// "312/s", "4.5/s", "48/min", "3/h": the unit in which the number is easy to read.
std::string rate_words(double per_second);

/// "512 B", "64.0 KiB", "3.1 GiB".
std::string bytes_words(std::int64_t bytes);

/// 0.974 -> "97 %"; rounded down, so that "100 %" means all of it.
std::string percent_words(double fraction);

/// "1 item", "2 items", "18,564 items".
std::string plural(std::int64_t count, std::string_view singular, std::string_view plural_form);

/// 12340000 micro-dollars -> "$12.34".
std::string money_words(std::int64_t micro_usd);

}  // namespace penstock::report
