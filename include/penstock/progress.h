// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One passive picture of a run. The terminal line, JSON events, metrics and the page render it;
// it knows none of them.
#pragma once

#include <penstock/executor.h>
#include <penstock/time.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace penstock {

/// Items by where they are. Every item that is known stands in exactly one of them.
struct ItemCounts {
  std::int64_t done = 0;       ///< Durable, with a result.
  std::int64_t failed = 0;     ///< Durable, with an error.
  std::int64_t skipped = 0;    ///< Durable, set aside on purpose: type, duplicate, `when`.
  std::int64_t retrying = 0;   ///< Waiting for another attempt; holds no slot.
  std::int64_t in_flight = 0;  ///< Granted and not yet settled.
  std::int64_t settled = 0;    ///< Answered and not yet durable.
  std::int64_t pending = 0;    ///< Known and waiting for their first attempt.

  std::int64_t finished() const noexcept { return done + failed + skipped; }
  std::int64_t known() const noexcept {
    return finished() + retrying + in_flight + settled + pending;
  }

  friend bool operator==(const ItemCounts&, const ItemCounts&) = default;
};

struct StepProgress {
  std::string name;
  ItemCounts items;
  std::optional<std::int64_t> total;  ///< Unknown while what comes before it is still running.
};

/// Calls in flight, as configured and as reached.
struct ConcurrencyProgress {
  std::int64_t configured = 0;
  std::int64_t now = 0;
  std::int64_t peak = 0;
  double mean = 0;  ///< Over the time since the start, weighted by time.
};

/// Where the time of all slots went; together it is configured slots x elapsed.
struct LostTime {
  Duration limits{0};   ///< Empty: a rate, spacing or concurrency of a named limit.
  Duration backoff{0};  ///< Empty: all that is left waits for another attempt.
  Duration network{0};  ///< In flight, waiting for the peer.
  Duration cpu{0};      ///< In flight, computing.
  Duration tail{0};     ///< Empty: nothing was left to start.
  Duration source{0};   ///< Empty: the source gave nothing yet.
  Duration disk{0};     ///< Empty: the ledger had to catch up.
};

enum class RunState : std::uint8_t { starting, running, draining, parked, finished };

struct Snapshot {
  RunState state = RunState::starting;
  Duration elapsed{0};

  ItemCounts items;                   ///< Over all steps.
  std::optional<std::int64_t> total;  ///< Unknown until the source and all fan-out have ended.
  std::vector<StepProgress> steps;
  std::vector<WorkerState> workers;

  std::optional<double> rate_per_s;         ///< Finished items, lately. None: too early to say.
  std::optional<std::chrono::seconds> eta;  ///< None: unknown, and shown as such.
  ConcurrencyProgress concurrency;
  std::string held_by;   ///< "limit search: 10/s"; empty: nothing.
  Duration held_for{0};  ///< How long that has been so.

  std::int64_t bytes_in = 0;
  std::int64_t bytes_out = 0;
  std::int64_t cost_micro_usd = 0;
  LostTime lost;
};

}  // namespace penstock
