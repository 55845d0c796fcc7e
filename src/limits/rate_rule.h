// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One rate of one key: its window, its pace, and how much of it the ledger already counts as spent.
#pragma once

#include <penstock/limit.h>
#include <penstock/time.h>

#include "limits/pace.h"
#include "limits/rule_state.h"
#include "limits/window_log.h"

#include <cstdint>
#include <optional>

namespace penstock::limits {

/// Paced rates are spread evenly; quotas (see Rate) are used up as fast as others allow.
///
/// A quota must survive a crash, so it grants only what a durable note counts as spent.
/// Invariant: taken_ <= durable_until_ <= promised_until_ (but for the debt of a correction).
/// What was taken is in every window until its request is written: a name that takes ten seconds
/// to resolve must not let go ten windows' worth at once.
/// A pace needs no note: Pace::empty() after a crash is enough.
class RateRule {
 public:
  enum class Kind : std::uint8_t { paced, quota };

  RateRule(Rate rate, Kind kind);

  const Rate& rate() const noexcept { return rate_; }
  Kind kind() const noexcept { return pace_ ? Kind::paced : Kind::quota; }

  TimePoint slot(TimePoint from, std::int64_t cost) const noexcept;
  bool has_reserved(std::int64_t cost) const noexcept;

  /// Too little is promised to go on with, or not enough for this cost.
  bool wants_reservation(std::int64_t cost) const noexcept;

  /// So much is taken and not yet written that no time can tell when there is room for more.
  bool waits_for_starts(std::int64_t cost) const noexcept;

  /// Each take() is followed by one started() or abandon() of the same cost, corrections included.
  void take(TimePoint at, std::int64_t cost, TimePoint now);
  void started(TimePoint at, std::int64_t cost);

  /// It was never written.
  void abandon(std::int64_t cost);

  /// It costs more or less than what started() counted at this instant, or than what was taken, if
  /// it has not started.
  void correct(std::optional<TimePoint> started, std::int64_t difference);

  /// Promise the next block, enough for this cost. It counts once confirm() says that the
  /// note of state() is durable.
  void reserve(std::int64_t cost_max) noexcept;
  void confirm() noexcept { durable_until_ = promised_until_; }

  /// Go on with what an older rule of this limit counted (retune).
  void inherit(const RateRule& older, TimePoint now);

  RuleState state() const;

  /// Nothing is known of what went before `now`: pacing restarts empty.
  void restart(TimePoint now) noexcept;

  /// Count what a note says was started.
  void restore(const RuleState& state, TimePoint now);

  /// Count this many as started now.
  void spend(std::int64_t permits, TimePoint now) { log_.add(now, permits); }

  bool rested(TimePoint now) const noexcept;

 private:
  std::int64_t block() const noexcept;

  Rate rate_;
  WindowLog log_;             // What has started.
  std::int64_t held_ = 0;     // What is taken and has not.
  std::optional<Pace> pace_;  // None: a quota.

  // Quotas only. Counted since construction.
  std::int64_t taken_ = 0;
  std::int64_t durable_until_ = 0;
  std::int64_t promised_until_ = 0;
};

}  // namespace penstock::limits
