// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// All rules of a limit that hold for one key, or for all keys together, with their state.
#pragma once

#include <penstock/limit.h>
#include <penstock/time.h>

#include "limits/adaptive_concurrency.h"
#include "limits/answer.h"
#include "limits/rate_rule.h"
#include "limits/rule_state.h"
#include "limits/spacing.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::limits {

/// Rules with the names under which a user sees them: "pages: 2 per host".
struct NamedRules {
  /// `whose` follows each rule: "", " per host", " for a.org".
  NamedRules(std::string_view limit, LimitRules rules, std::string_view whose);

  LimitRules rules;
  std::vector<std::string> rates;
  std::string concurrency;
  std::string spacing;
  std::string pause;
  std::string remaining;
};

/// The state of one key. Limiter says what its calls mean and in which order they come.
class RuleSet {
 public:
  /// `rules` stays valid until retune().
  explicit RuleSet(const NamedRules& rules);

  /// Granted with `at`, which may lie far ahead; or what event to wait for.
  Answer ask(TimePoint now, std::int64_t cost) const noexcept;
  void take(TimePoint at, std::int64_t cost, TimePoint now);
  void started(TimePoint at, std::int64_t cost);
  void abandon_start(std::int64_t cost);
  void correct(std::optional<TimePoint> started, std::int64_t difference);
  void release(Ending ending, Duration latency, TimePoint now) noexcept;

  void pause_until(TimePoint until) noexcept;

  /// The peer grants this many more until then, those in flight included.
  void set_remaining(std::int64_t remaining, TimePoint until) noexcept;

  void retune(const NamedRules& rules, TimePoint now);

  bool wants_reservation(std::int64_t cost) const noexcept;
  void reserve(std::int64_t cost_max) noexcept;
  void confirm() noexcept;

  KeyState state() const;

  /// Start after a crash: nothing is known of what went before `now`.
  void restart(TimePoint now);
  void restore(const KeyState& state, TimePoint now);

  /// Count the reservations of a note as spent, or everything if there is no readable note.
  void spend(const KeyState& state, TimePoint now);
  void spend_all(TimePoint now);

  /// Nothing is in flight and the past holds nothing back: a new set would answer the same.
  bool rested(TimePoint now) const noexcept;
  bool paused(TimePoint now) const noexcept { return paused_until_ > now; }
  std::int64_t in_flight() const noexcept { return in_flight_; }

 private:
  std::int64_t concurrency() const noexcept;
  Answer ask_events(std::int64_t cost) const noexcept;
  void set_concurrency();

  const NamedRules* rules_;
  std::vector<RateRule> rates_;
  Spacing spacing_;
  std::optional<AdaptiveConcurrency> adaptive_;
  std::int64_t in_flight_ = 0;
  TimePoint paused_until_ = kLongAgo;

  // Learned from the peer.
  std::int64_t remaining_ = 0;
  TimePoint remaining_until_ = kLongAgo;
};

}  // namespace penstock::limits
