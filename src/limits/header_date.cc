// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See header_date.h.
#include "limits/header_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace penstock::limits {
namespace {

constexpr std::size_t kTextBytesMax = 64;
constexpr std::size_t kWordsMax = 8;

using Words = std::array<std::string_view, kWordsMax>;

struct Moment {
  std::optional<int> year, month, day, hour, minute, second;
};

/// Words between any of the separators. None if there are too many.
std::optional<Words> split(std::string_view text, std::string_view separators) {
  Words words;
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of(separators), text.size());
    if (length > 0 && count == kWordsMax) return std::nullopt;
    if (length > 0) words[count++] = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return words;
}

std::optional<int> read_number(std::string_view word) {
  int number = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc() || rest != end || number < 0) return std::nullopt;
  return number;
}

std::optional<int> read_month(std::string_view word) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t at = word.size() == 3 ? kMonths.find(word) : std::string_view::npos;
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return static_cast<int>(at / 3) + 1;
}

/// A year of two digits is in this century, unless that is more than 50 years ahead.
std::optional<int> read_year(std::string_view word, WallTime now) {
  const auto year = read_number(word);
  if (!year || word.size() != 2) return year;
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  const int full = this_year / 100 * 100 + *year;
  return full > this_year + 50 ? full - 100 : full;
}

std::optional<WallTime> to_time(const Moment& moment) {
  const auto& [year, month, day, hour, minute, second] = moment;
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  // Nanoseconds since 1970 in 64 bits end in 2262.
  if (!date.ok() || *year < 1970 || *year > 2261) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  if (!text.ends_with('Z') || text.size() < 20 || text[10] != 'T') return std::nullopt;
  const auto words = split(text.substr(0, 19), "-:T");
  if (!words) return std::nullopt;
  const Words& w = *words;
  return to_time({read_number(w[0]), read_number(w[1]), read_number(w[2]), read_number(w[3]),
                  read_number(w[4]), read_number(w[5])});
}

}  // namespace

std::optional<WallTime> parse_header_date(std::string_view text, WallTime now) {
  if (text.size() > kTextBytesMax) return std::nullopt;
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') return parse_rfc3339(text);
  const auto words = split(text, " ,-:");
  if (!words) return std::nullopt;
  const Words& w = *words;
  if (read_month(w[1])) {
    // asctime: Sun Nov  6 08:49:37 1994
    return to_time({read_number(w[6]), read_month(w[1]), read_number(w[2]), read_number(w[3]),
                    read_number(w[4]), read_number(w[5])});
  }
  if (w[7] != "GMT") return std::nullopt;
  return to_time({read_year(w[3], now), read_month(w[2]), read_number(w[1]), read_number(w[4]),
                  read_number(w[5]), read_number(w[6])});
}

}  // namespace penstock::limits
