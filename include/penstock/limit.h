// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A named limit as the job file says it, and what a peer's headers say about its own.
// Options only: the arithmetic is in limits/limiter.h, and only the engine grants.
#pragma once

#include <penstock/time.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

/// At most `count` starts in any window of this length, wherever the window begins.
///
/// The rate with the shortest window paces: its starts are spread evenly, with a burst of one or
/// of a tenth of a second's worth. Longer windows beside it, and windows of an hour or more, are
/// quotas: they may be used up as fast as the other rules allow.
struct Rate {
  std::int64_t count = 1;  ///< >= 1.
  Duration window{0};      ///< >= 100 ms.

  friend bool operator==(const Rate&, const Rate&) = default;
};

/// At most `count` in flight. Adaptive ("auto"): the limit finds its own height below `count`.
struct Concurrency {
  std::int64_t count = 1;  ///< >= 1.
  bool adaptive = false;

  friend bool operator==(const Concurrency&, const Concurrency&) = default;
};

/// Rules that hold together; an empty set holds nothing back.
struct LimitRules {
  std::vector<Rate> rates;                 ///< Each window at most once.
  std::optional<Concurrency> concurrency;  ///< None: as many as fit.
  Duration spacing{0};                     ///< Least time between two starts. Zero: none.

  friend bool operator==(const LimitRules&, const LimitRules&) = default;
};

/// `[limit.NAME]`: rules over everything, rules for each key by itself, and exceptions.
struct LimitOptions {
  std::string name;
  std::string per;  ///< What a key is: "host" or a placeholder, "{tenant}". Empty: no keys.
  LimitRules all;   ///< Over all keys together.
  LimitRules each;  ///< For each key by itself.
  std::map<std::string, LimitRules, std::less<>> keys;  ///< `for."a.org"`: replaces, kind by kind.
};

/// What a peer said about one of its own limits.
struct QuotaHint {
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> remaining;
  std::optional<std::chrono::milliseconds> reset_after;  ///< Counted from the answer.
  bool gradual = false;  ///< Refills bit by bit until then (OpenAI), not all at once (GitHub).

  friend bool operator==(const QuotaHint&, const QuotaHint&) = default;
};

/// What an answer's headers say about when to call again. All of it is optional and bounded.
struct RateHint {
  std::optional<std::chrono::milliseconds> retry_after;
  QuotaHint requests;
  QuotaHint tokens;

  friend bool operator==(const RateHint&, const RateHint&) = default;
};

/// No header makes anybody wait longer than this.
inline constexpr std::chrono::hours kHintWaitMax{24};

/// Read `Retry-After`, `retry-after-ms`, `x-ratelimit-*`, `RateLimit-*` and `RateLimit`.
///
/// Shape: (name, value) pairs in any order, as FinishedCall::rate_headers; names in any case. What
/// cannot be read is skipped. `now` turns dates and epoch seconds into durations.
/// Source: RFC 9110 10.2.3 and 5.6.7; draft-ietf-httpapi-ratelimit-headers-03 and -10; the header
/// tables of OpenAI, Anthropic and GitHub.
RateHint parse_rate_headers(const std::vector<std::pair<std::string, std::string>>& headers,
                            WallTime now);

}  // namespace penstock
