// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Formatting by hand where the locale could interfere; fmt knows none unless asked.
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace penstock::report {
namespace {

struct Span {
  std::string_view name;
  std::int64_t seconds;
};

constexpr std::array<Span, 4> kSpans{{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}};

/// Two digits that matter: 312, 45, 4.5, 0.45.
std::string short_number(double value) {
  if (value >= 9.95) return count_words(std::llround(value));
  return fmt::format("{:.{}f}", value, value >= 0.995 ? 1 : 2);
}

}  // namespace

std::string count_words(std::int64_t count) {
  std::string digits = fmt::format("{}", count);
  const std::ptrdiff_t first = count < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string duration_words(std::chrono::nanoseconds duration) {
  using std::chrono::duration_cast;
  const std::int64_t ms = duration_cast<std::chrono::milliseconds>(duration).count();
  if (ms < 1000) return fmt::format("{} ms", std::max<std::int64_t>(ms, 0));
  const std::int64_t seconds = ms / 1000;
  if (seconds < 10) return fmt::format("{}.{} s", seconds, ms % 1000 / 100);
  for (std::size_t i = 0; i < kSpans.size(); ++i) {
    const Span& span = kSpans[i];
    if (seconds < span.seconds) continue;
    std::string words = fmt::format("{} {}", seconds / span.seconds, span.name);
    if (i + 1 == kSpans.size()) return words;
    const std::int64_t rest = seconds % span.seconds / kSpans[i + 1].seconds;
    return rest == 0 ? words : fmt::format("{} {} {}", words, rest, kSpans[i + 1].name);
  }
  return "0 s";
}

std::string rate_words(double per_second) {
  if (!(per_second > 0)) return "0/s";
  if (per_second >= 1) return short_number(per_second) + "/s";
  if (per_second >= 1.0 / 60) return short_number(per_second * 60) + "/min";
  return short_number(per_second * 3600) + "/h";
}

std::string bytes_words(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string percent_words(double fraction) {
  return fmt::format("{} %", static_cast<int>(std::floor(std::clamp(fraction, 0.0, 1.0) * 100)));
}

std::string plural(std::int64_t count, std::string_view singular, std::string_view plural_form) {
  return fmt::format("{} {}", count_words(count), count == 1 ? singular : plural_form);
}

std::string money_words(std::int64_t micro_usd) {
  return fmt::format("${:.2f}", static_cast<double>(micro_usd) / 1e6);
}

}  // namespace penstock::report
