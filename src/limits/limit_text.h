// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How a job file writes rates, concurrency, spacing and durations. Every refusal quotes the text
// and says why; nothing is rounded, capped or guessed.
#pragma once

#include <penstock/error.h>
#include <penstock/limit.h>
#include <penstock/time.h>

#include <string>
#include <string_view>

namespace penstock::limits {

/// A rule and whom it is for: per is "" (all together), "host" or a placeholder, "{tenant}".
template <typename Rule>
struct Scoped {
  Rule rule;
  std::string per;
};

inline constexpr Duration kDurationMax = std::chrono::hours(24 * 366);
inline constexpr Duration kWindowMin = std::chrono::milliseconds(100);
inline constexpr std::int64_t kRateCountMax = 1'000'000'000'000;
inline constexpr std::int64_t kConcurrencyMax = 1'000'000;

/// How high "auto" may climb.
inline constexpr std::int64_t kAutoConcurrencyMax = 1'000;

/// "1.5s", "20ms", "5m", "5min", "2h", "1d". Errors: invalid ("job.duration"), also for zero.
Result<Duration> parse_duration(std::string_view text);

/// "10/s", "500/min per host", "10/10s", "0.1/s". A fraction becomes a longer or shorter window:
/// 0.1/s is one in 10 s, 2.5/s two in 0.8 s. Errors: invalid ("job.rate").
Result<Scoped<Rate>> parse_rate(std::string_view text);

/// "500", "2 per host", "auto", "auto per {tenant}". Errors: invalid ("job.concurrency").
Result<Scoped<Concurrency>> parse_concurrency(std::string_view text);

/// "1.5s per host". Errors: invalid ("job.spacing").
Result<Scoped<Duration>> parse_spacing(std::string_view text);

/// What Limiter requires of its options. Errors: invalid ("job.limit"), naming the limit.
Status check_limit(const LimitOptions& options);

/// As parse_ reads them: "1.5s", "500/min", "10/10s", "auto".
std::string to_text(Duration duration);
std::string to_text(const Rate& rate);
std::string to_text(const Concurrency& concurrency);

}  // namespace penstock::limits
