// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// When a failed call is tried again. Options only: retry/decide.h holds the table.
#pragma once

#include <chrono>

namespace penstock {

/// A host that only fails is left alone for a while, then probed with one call.
struct CircuitOptions {
  int failures = 20;                       ///< In a row, until it opens. 0: never. More: patience.
  std::chrono::milliseconds rest{30'000};  ///< Before the first probe; doubles each time.
  std::chrono::milliseconds rest_max{300'000};  ///< Where the doubling ends.

  friend bool operator==(const CircuitOptions&, const CircuitOptions&) = default;
};

/// `retry = { attempts = 5, max_wait = "60s" }`: for connect failures, 5xx, timeouts and crashes.
struct RetryOptions {
  int attempts = 5;     ///< All of them, the first included. >= 1.
  int throttles = 100;  ///< "Slow down" answers before an item fails.
  int crashes = 3;      ///< Workers that an item may kill before it is poison.
  std::chrono::milliseconds first_wait{1'000};  ///< The second attempt waits up to this, then 2x.
  std::chrono::milliseconds max_wait{60'000};   ///< Where the doubling ends.
  std::chrono::milliseconds deadline{0};        ///< From the first attempt. 0: none.
  CircuitOptions circuit;

  friend bool operator==(const RetryOptions&, const RetryOptions&) = default;
};

}  // namespace penstock
