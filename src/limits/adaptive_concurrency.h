// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How many calls a peer carries well, found by trying: the height of an "auto" concurrency.
#pragma once

#include <penstock/time.h>

#include "limits/answer.h"

#include <cstdint>

namespace penstock::limits {

/// How a call ended, as far as a limit cares.
enum class Ending : std::uint8_t {
  ok,         ///< The peer answered, whatever it said.
  throttled,  ///< The peer said "slow down".
  timed_out,  ///< The peer did not answer in time, or the connection broke.
  not_sent,   ///< Nothing was written: counts as never taken.
};

/// Additive increase, multiplicative decrease, with latency as an early sign.
///
/// A round is as many answers as the limit is high. What follows a round in which all slots were
/// taken depends on its mean latency:
///   below twice the best    double; after the first setback only add a square root
///   above                   a tenth less; if eight of these bring the latency down by less than a
///                           quarter, the queue is not ours and this latency is the new best
/// A throttle or time-out takes a quarter at once, and once for all that was in flight with it.
///
/// Source: after TCP Reno (RFC 5681) and Netflix concurrency-limits (Gradient2).
class AdaptiveConcurrency {
 public:
  /// Between 1 and `limit_max`, starting at 1.
  explicit AdaptiveConcurrency(std::int64_t limit_max) noexcept;

  std::int64_t limit() const noexcept { return limit_; }

  /// `in_flight` counts this call too.
  void ended(Ending ending, Duration latency, std::int64_t in_flight, TimePoint now) noexcept;

  /// A new ceiling on a living run; what was learned stays.
  void set_max(std::int64_t limit_max) noexcept;

  /// What was learned is kept for a minute without answers.
  bool rested(TimePoint now) const noexcept;

 private:
  void cut(std::int64_t in_flight) noexcept;
  void count(Duration latency) noexcept;
  void finish_round() noexcept;
  void grow() noexcept;
  void shrink(Duration mean) noexcept;
  void set(std::int64_t limit) noexcept;

  std::int64_t limit_max_;
  std::int64_t limit_;
  bool is_searching_ = true;  // No setback yet: double.

  // This round.
  std::int64_t answers_ = 0;
  Duration latencies_{};
  bool was_full_ = false;

  std::int64_t deaf_for_ = 0;  // Answers to calls from before the last cut tell nothing new.
  Duration best_{};            // Least mean latency of a round; zero: none yet.
  int shrinks_ = 0;            // In a row, for latency.
  Duration slow_mean_{};       // At the first of them.
  TimePoint last_ended_ = kLongAgo;
};

}  // namespace penstock::limits
