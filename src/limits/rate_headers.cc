// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// parse_rate_headers() of penstock/limit.h: many dialects, one small answer. Whatever a peer sends,
// it costs time linear in its bytes, and no wait longer than kHintWaitMax comes out of it.
#include <penstock/limit.h>

#include "limits/header_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kHeadersMax = 256;
constexpr std::size_t kValueBytesMax = 1024;
constexpr double kCountMax = 1e15;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t last = text.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

std::string lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// A decimal number without sign at the beginning of `text`, which keeps the rest.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  double number = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return number;
}

std::optional<double> read_number(std::string_view text) {
  const auto number = take_number(text);
  return text.empty() ? number : std::nullopt;
}

std::optional<std::int64_t> read_count(std::string_view text) {
  const auto number = read_number(text);
  if (!number) return std::nullopt;
  return static_cast<std::int64_t>(std::min(*number, kCountMax));
}

milliseconds bounded(double wait_ms) {
  const double most = static_cast<double>(milliseconds(kHintWaitMax).count());
  return milliseconds(static_cast<std::int64_t>(std::ceil(std::clamp(wait_ms, 0.0, most))));
}

milliseconds until(WallTime when, WallTime now) {
  return bounded(std::chrono::duration<double, std::milli>(when - now).count());
}

/// "120", "1.5", or a date.
std::optional<milliseconds> read_wait(std::string_view text, WallTime now) {
  if (const auto seconds = read_number(text)) return bounded(*seconds * 1e3);
  const auto date = limits::parse_header_date(text, now);
  return date ? std::optional(until(*date, now)) : std::nullopt;
}

std::optional<milliseconds> read_milliseconds(std::string_view text) {
  const auto number = read_number(text);
  return number ? std::optional(bounded(*number)) : std::nullopt;
}

/// Seconds from now, or since 1970 (GitHub), or milliseconds since 1970, told apart by their size;
/// or a date (Anthropic).
std::optional<milliseconds> read_reset(std::string_view text, WallTime now) {
  const auto number = read_number(text);
  if (!number || *number < 1e9) return read_wait(text, now);
  const double now_ms = std::chrono::duration<double, std::milli>(now.time_since_epoch()).count();
  return bounded((*number < 1e11 ? *number * 1e3 : *number) - now_ms);
}

std::optional<double> unit_ms(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1e3;
  if (unit == "m") return 60e3;
  if (unit == "h") return 3600e3;
  if (unit == "d") return 86400e3;
  return std::nullopt;
}

/// "6m0s", "1.5s", "20ms" (Go's durations, as OpenAI sends them); plain seconds and dates too.
std::optional<milliseconds> read_span(std::string_view text, WallTime now) {
  if (const auto plain = read_reset(text, now)) return plain;
  double total_ms = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    const std::size_t length = std::min(text.find_first_of("0123456789"), text.size());
    const auto unit = unit_ms(text.substr(0, length));
    if (!number || !unit) return std::nullopt;
    total_ms += *number * *unit;
    text.remove_prefix(length);
  }
  return bounded(total_ms);
}

/// One item of a structured list: "name";r=5;t=10 of draft 10, or limit=100 of draft 07.
struct Parameters {
  std::optional<std::int64_t> limit, remaining, reset_s;
};

void read_parameter(std::string_view parameter, Parameters& parameters) {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return;
  const std::string name = lower(trimmed(parameter.substr(0, equals)));
  const auto count = read_count(trimmed(parameter.substr(equals + 1)));
  if (name == "q" || name == "limit") parameters.limit = count;
  if (name == "r" || name == "remaining") parameters.remaining = count;
  if (name == "t" || name == "reset") parameters.reset_s = count;
}

/// Of several policies the one with the least left speaks.
void read_structured(std::string_view text, QuotaHint& hint) {
  const bool is_draft_07 = text.find(';') == std::string_view::npos;
  const char item_mark = is_draft_07 ? ';' : ',';
  std::optional<Parameters> tightest;
  while (!text.empty()) {
    const std::size_t item_end = std::min(text.find(item_mark), text.size());
    std::string_view item = text.substr(0, item_end);
    text.remove_prefix(std::min(item_end + 1, text.size()));
    Parameters parameters;
    while (!item.empty()) {
      const std::size_t end = std::min(item.find(is_draft_07 ? ',' : ';'), item.size());
      read_parameter(item.substr(0, end), parameters);
      item.remove_prefix(std::min(end + 1, item.size()));
    }
    const bool is_tighter = !tightest || (parameters.remaining && tightest->remaining &&
                                          *parameters.remaining < *tightest->remaining);
    if (is_tighter) tightest = parameters;
  }
  if (!tightest) return;
  if (tightest->limit) hint.limit = tightest->limit;
  if (tightest->remaining) hint.remaining = tightest->remaining;
  if (tightest->reset_s) hint.reset_after = bounded(static_cast<double>(*tightest->reset_s) * 1e3);
}

enum class Field : std::uint8_t { limit, remaining, reset };
enum class Dialect : std::uint8_t { window, gradual };

struct Header {
  std::string_view name;
  QuotaHint RateHint::*quota;
  Field field;
  Dialect dialect;
};

constexpr std::array kHeaders = {
    Header{"x-ratelimit-limit", &RateHint::requests, Field::limit, Dialect::window},
    Header{"x-ratelimit-remaining", &RateHint::requests, Field::remaining, Dialect::window},
    Header{"x-ratelimit-reset", &RateHint::requests, Field::reset, Dialect::window},
    Header{"x-ratelimit-reset-after", &RateHint::requests, Field::reset, Dialect::window},
    Header{"x-rate-limit-limit", &RateHint::requests, Field::limit, Dialect::window},
    Header{"x-rate-limit-remaining", &RateHint::requests, Field::remaining, Dialect::window},
    Header{"x-rate-limit-reset", &RateHint::requests, Field::reset, Dialect::window},
    Header{"ratelimit-limit", &RateHint::requests, Field::limit, Dialect::window},
    Header{"ratelimit-remaining", &RateHint::requests, Field::remaining, Dialect::window},
    Header{"ratelimit-reset", &RateHint::requests, Field::reset, Dialect::window},
    Header{"x-ratelimit-limit-requests", &RateHint::requests, Field::limit, Dialect::gradual},
    Header{"x-ratelimit-remaining-requests", &RateHint::requests, Field::remaining,
           Dialect::gradual},
    Header{"x-ratelimit-reset-requests", &RateHint::requests, Field::reset, Dialect::gradual},
    Header{"x-ratelimit-limit-tokens", &RateHint::tokens, Field::limit, Dialect::gradual},
    Header{"x-ratelimit-remaining-tokens", &RateHint::tokens, Field::remaining, Dialect::gradual},
    Header{"x-ratelimit-reset-tokens", &RateHint::tokens, Field::reset, Dialect::gradual},
    Header{"anthropic-ratelimit-requests-limit", &RateHint::requests, Field::limit,
           Dialect::gradual},
    Header{"anthropic-ratelimit-requests-remaining", &RateHint::requests, Field::remaining,
           Dialect::gradual},
    Header{"anthropic-ratelimit-requests-reset", &RateHint::requests, Field::reset,
           Dialect::gradual},
    Header{"anthropic-ratelimit-tokens-limit", &RateHint::tokens, Field::limit, Dialect::gradual},
    Header{"anthropic-ratelimit-tokens-remaining", &RateHint::tokens, Field::remaining,
           Dialect::gradual},
    Header{"anthropic-ratelimit-tokens-reset", &RateHint::tokens, Field::reset, Dialect::gradual},
};

void read_header(const Header& header, std::string_view value, WallTime now, RateHint& hint) {
  QuotaHint& quota = hint.*header.quota;
  if (header.dialect == Dialect::gradual) quota.gradual = true;
  // Some servers list their windows after the number: "100, 100;w=60".
  const std::string_view first = trimmed(value.substr(0, value.find_first_of(",;")));
  switch (header.field) {
    case Field::limit:
      quota.limit = read_count(first);
      break;
    case Field::remaining:
      quota.remaining = read_count(first);
      break;
    case Field::reset:
      quota.reset_after = read_span(value, now);
      break;
  }
}

void read_any(const std::string& name, std::string_view value, WallTime now, RateHint& hint) {
  if (name == "retry-after-ms" || name == "x-ms-retry-after-ms") {
    if (const auto wait = read_milliseconds(value)) hint.retry_after = wait;
  } else if (name == "retry-after") {
    if (!hint.retry_after) hint.retry_after = read_wait(value, now);
  } else if (name == "ratelimit" || name == "ratelimit-policy") {
    read_structured(value, hint.requests);
  } else {
    const auto header = std::find_if(kHeaders.begin(), kHeaders.end(),
                                     [&](const Header& known) { return known.name == name; });
    if (header != kHeaders.end()) read_header(*header, value, now, hint);
  }
}

}  // namespace

RateHint parse_rate_headers(const std::vector<std::pair<std::string, std::string>>& headers,
                            WallTime now) {
  RateHint hint;
  const std::size_t count = std::min(headers.size(), kHeadersMax);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [name, value] = headers[i];
    if (name.size() > kValueBytesMax || value.size() > kValueBytesMax) continue;
    read_any(lower(name), trimmed(value), now, hint);
  }
  return hint;
}

}  // namespace penstock
