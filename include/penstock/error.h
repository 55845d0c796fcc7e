// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What went wrong, said in terms of what the caller should do next.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace penstock {

/// Closed set: add a code only when some caller would act on it differently.
enum class Errc : std::uint8_t {
  invalid,      ///< The request is wrong and will fail again. Do not retry.
  rejected,     ///< The peer refused for good (most HTTP 4xx). Do not retry.
  throttled,    ///< The peer said "not now" (HTTP 429). Retry after `retry_after`.
  unavailable,  ///< No connection, or HTTP 5xx. Retry with backoff.
  timeout,      ///< Our own deadline passed. Retry with backoff.
  exhausted,    ///< Quota, budget or credentials are at their end. Park the run.
  crashed,      ///< The worker died holding the item. Retry, then quarantine.
  cancelled,    ///< The run is stopping. The item stays pending.
  no_space,     ///< Disk or quota of ours is full. Stop; resumable.
  corrupt,      ///< Stored bytes fail their check. Stop the run.
  system,       ///< The operating system refused us something. Stop; the message says what.
  internal,     ///< A bug in penstock. Stop the run and say so.
};

/// Whether the peer may have acted on a request that failed.
enum class Sent : std::uint8_t { no, maybe, yes };

/// Whether a step may be executed twice without harm (GET: yes; POST: only if its job says so).
enum class Repeatable : std::uint8_t { no, yes };

struct Error {
  Errc code = Errc::internal;
  std::string message;  ///< One line, no full stop: "connect 10.0.0.7:443: refused".
  std::string kind;     ///< Stable, listed in docs/errors.md: "http.404", "body.too_large".
  Sent sent = Sent::no;
  std::optional<std::chrono::milliseconds> retry_after{};  ///< With `throttled`, `unavailable`.
};

/// The name of a code as it stands in ledgers and JSON: "unavailable".
[[nodiscard]] std::string_view to_string(Errc code) noexcept;

/// The one place that decides; no caller switches on codes to choose a retry.
[[nodiscard]] bool is_retryable(const Error& error, Repeatable step) noexcept;

/// Whether this error ends the whole run rather than one item.
[[nodiscard]] bool stops_run(Errc code) noexcept;

/// A value, or the reason there is none. Member names follow std::expected, so
/// that a C++23 build may alias it.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  bool has_value() const noexcept { return state_.index() == 0; }
  T& operator*() noexcept { return *std::get_if<0>(&state_); }              // REQUIRES: a value.
  const T& operator*() const noexcept { return *std::get_if<0>(&state_); }  // REQUIRES: a value.
  T* operator->() noexcept { return std::get_if<0>(&state_); }              // REQUIRES: a value.
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }  // REQUIRES: a value.
  Error& error() noexcept { return *std::get_if<1>(&state_); }              // REQUIRES: no value.
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }  // REQUIRES: no value.

 private:
  std::variant<T, Error> state_;
};

/// The outcome of an operation that returns nothing: `return ok();` or an Error.
using Status = Result<std::monostate>;

[[nodiscard]] inline Status ok() { return Status(std::monostate{}); }

}  // namespace penstock

// The only two control-flow macros in the code base.

/// `PENSTOCK_TRY(file, open(path));` declares `file`, or returns the error from this function.
#define PENSTOCK_TRY(name, expr)                               \
  auto name##_result = (expr);                                 \
  if (!name##_result) return std::move(name##_result.error()); \
  auto& name = *name##_result

/// `PENSTOCK_CHECK(write(fd, bytes));` returns the error from this function, if there is one.
#define PENSTOCK_CHECK(expr) \
  if (auto checked = (expr); !checked) return std::move(checked.error())
