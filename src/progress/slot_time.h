// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where the time of the slots went: the concurrency that was reached, and what the rest was lost
// to.
#pragma once

#include <penstock/progress.h>
#include <penstock/time.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace penstock::progress {

/// Why slots are empty.
enum class Idle : std::uint8_t { limits, backoff, source, disk, tail };

/// Integrals over time, kept up event by event in constant time.
///
/// Invariant: lost(now) adds up to slots x time since the start (as resize() changed them), but for
/// the time in which more calls than slots were in flight.
/// Threads: owner only. REQUIRES: `now` never before an earlier `now`.
class SlotTime {
 public:
  SlotTime(std::int64_t slots, TimePoint now) noexcept;

  void resize(std::int64_t slots, TimePoint now) noexcept;

  /// A call began or ended: so many are in flight from now on.
  void set_busy(std::int64_t calls, TimePoint now) noexcept;

  /// From now on, slots that are empty are empty for this reason.
  void set_idle(Idle why, TimePoint now) noexcept;

  /// Of the time in flight, this much was computing.
  void computed(Duration cpu) noexcept { cpu_ += cpu; }

  ConcurrencyProgress concurrency(TimePoint now) const noexcept;
  LostTime lost(TimePoint now) const noexcept;

 private:
  static constexpr std::size_t kReasons = 5;

  void add(TimePoint now) noexcept;

  std::int64_t slots_;
  std::int64_t busy_ = 0;
  std::int64_t peak_ = 0;
  Idle why_ = Idle::source;
  TimePoint began_;
  TimePoint added_until_;
  Duration busy_time_{0};
  Duration cpu_{0};
  std::array<Duration, kReasons> idle_time_{};
};

}  // namespace penstock::progress
