// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the engine takes as arguments instead of asking the machine: time, sleep, randomness.
#pragma once

#include <penstock/time.h>

#include <cstdint>

namespace penstock {

/// Reads time. Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const noexcept = 0;
  virtual WallTime wall() const noexcept = 0;
};

/// Everything that can wake the engine: a closed set.
enum class Event : std::uint32_t {
  finished = 1U << 0U,      ///< An executor has finished calls to take.
  durable = 1U << 1U,       ///< The ledger's durable ticket moved, or it failed.
  refilled = 1U << 2U,      ///< The ledger answered a request for pending items.
  source_ready = 1U << 3U,  ///< A source that had nothing has items or its end.
  signal = 1U << 4U,        ///< The user asked to drain or to stop.
  control = 1U << 5U,       ///< Somebody spoke to the control socket.
};

/// Puts the engine to sleep and wakes it. Between a wake() and the next sleep_until() that
/// returns its event, further wakes of the same event fold into one.
///
/// Threads: wake() any; sleep_until() the engine only. Blocks: sleep_until() only.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void wake(Event event) noexcept = 0;

  /// Sleep until an event or `deadline`; the events so far, as a bit set (0: the deadline passed).
  virtual std::uint32_t sleep_until(TimePoint deadline) = 0;
};

/// A seeded stream of 64-bit numbers (xoshiro256**); the engine's only randomness.
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2019.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept;
  std::uint64_t next() noexcept;

 private:
  std::uint64_t state_[4];
};

}  // namespace penstock
