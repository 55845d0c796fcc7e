// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One named limit over everything that names it: rates, concurrency and spacing, together and for
// each key. Arithmetic: it never reads a clock, sleeps, locks or writes; what must outlive a crash
// it hands out as notes.
#pragma once

#include <penstock/limit.h>
#include <penstock/time.h>

#include "limits/answer.h"
#include "limits/rule_set.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace penstock::limits {

/// What take() gives and release() ends. A value; it must not outlive its limiter.
class Permit {
 public:
  TimePoint not_before() const noexcept { return not_before_; }

 private:
  friend class Limiter;
  RuleSet* keyed_ = nullptr;  // None: a limit without keys.
  TimePoint not_before_{};
  std::int64_t cost_ = 1;
  std::optional<TimePoint> started_;
};

/// How the run before this one ended.
enum class Shutdown : std::uint8_t { clean, crashed };

/// A small text for Ledger::put_note(): replaces the one of that name. Empty: can be forgotten.
struct Note {
  std::string name;
  std::string text;
};

/// Notes that, once durable, let confirm(serial) open more permits.
struct Reservation {
  std::uint64_t serial = 0;
  std::vector<Note> notes;
};

/// Calls for one permit must match: ask* take started? correct? release.
///
/// 1. No window of a rate, wherever it begins, holds more starts than its count at the peer, as
///    long as each request arrives at most 20 ms after it was written. What is granted and not yet
///    started() counts in every window.
/// 2. Between two starts of a spaced key lies the spacing, measured from started().
/// 3. In flight never exceeds the concurrency.
/// 4. All of this holds over a crash, if confirm() follows the durability of the notes and
///    restore() comes before the first ask().
/// 5. A key that is idle and rested costs no memory: at most twice the busy keys, and 64.
///
/// Threads: owner only. The engine owns every limit.
/// REQUIRES: `now` never before an earlier `now`.
class Limiter {
 public:
  /// REQUIRES: check_limit(options).
  explicit Limiter(LimitOptions options);
  Limiter(Limiter&&) = delete;

  /// Could a call of this key start now? Several limits can be asked, and all or none be taken at
  /// the latest of their `at`. Limits without keys ignore `key`. Every rule that delays names
  /// itself. A grant is for at most 20 ms ahead; a wait ends a little before its slot, so that one
  /// wake-up serves many slots. Units: `cost` in what the limit counts: requests, or LLM tokens.
  /// REQUIRES: cost >= 0.
  [[nodiscard]] Answer ask(std::string_view key, TimePoint now, std::int64_t cost = 1);

  /// As ask(), for a key that holds nothing back by itself: is it worth asking for any key?
  [[nodiscard]] Answer ask_together(TimePoint now, std::int64_t cost = 1);

  /// When it is worth asking again: ask().at, TimePoint::max() if only an event can tell.
  [[nodiscard]] TimePoint next_permitted(std::string_view key, TimePoint now);

  /// REQUIRES: ask() of the same arguments granted, and not_before >= its `at`.
  [[nodiscard]] Permit take(std::string_view key, TimePoint now, TimePoint not_before,
                            std::int64_t cost = 1);

  /// The request was written at this instant: spacing and windows count from it. Until it is told
  /// (or released), nothing else of a spaced key is granted, nor more of a rate than fits beside
  /// it.
  void started(Permit& permit, TimePoint at);

  /// It cost more or less than was estimated (LLM tokens).
  void correct(Permit& permit, std::int64_t cost);

  /// The call is over. Exactly once for each permit. `not_sent` gives back what it had taken.
  void release(Permit& permit, Ending ending, TimePoint now);

  /// Grant nothing to this key (to nobody, if the limit has no keys) until then (Retry-After).
  void pause_until(std::string_view key, TimePoint until, TimePoint now);

  /// Take note of what the peer says about itself: a pause, or how many calls are left until when.
  /// Call it before the release() of the answer that brought it.
  void learn(std::string_view key, const RateHint& hint, TimePoint now);

  /// Change rules on the living run; what is in flight and what was counted stays.
  /// REQUIRES: check_limit(options); name and per as before.
  void retune(LimitOptions options, TimePoint now);

  /// Whether some durable permits are half used up, or something else should be kept.
  bool wants_reservation() const noexcept { return !wanting_.empty() || !forgotten_.empty(); }

  /// What must be durable before more of a quota is granted: a second's worth ahead, or 1/128 of
  /// it, or the largest call.
  [[nodiscard]] Reservation reserve(TimePoint now, WallTime wall);

  /// This reservation, and with it all earlier ones, are durable.
  void confirm(std::uint64_t serial);

  /// The exact state, for Shutdown::clean. REQUIRES: nothing in flight.
  [[nodiscard]] std::vector<Note> close(TimePoint now, WallTime wall) const;

  /// Go on where notes of this limit end; those of others are ignored, unreadable ones count as
  /// used up. After a crash reservations count as spent, pacing restarts empty, and every spaced
  /// key waits one full spacing. REQUIRES: before the first ask().
  void restore(const std::map<std::string, std::string>& notes, Shutdown shutdown, TimePoint now,
               WallTime wall);

  const LimitOptions& options() const noexcept { return options_; }
  std::int64_t in_flight() const noexcept { return all_.second.rules.in_flight(); }
  std::size_t keys_held() const noexcept { return keyed_.size(); }

  /// Whether started() matters to this limit: something is spaced or has a rate.
  bool needs_starts() const noexcept;

 private:
  struct Key {
    RuleSet rules;
    bool is_queued = false;         // In wanting_.
    bool has_note = false;          // In the ledger.
    std::uint64_t promised_in = 0;  // The reservation to be confirmed; 0: none.
  };
  using Keys = std::unordered_map<std::string, Key>;
  using Entry = Keys::value_type;

  /// The options with their names; sets point into it.
  struct Plan {
    explicit Plan(const LimitOptions& options);
    const NamedRules& rules_of(std::string_view key) const;

    NamedRules all;
    NamedRules each;
    std::map<std::string, NamedRules, std::less<>> keys;
  };

  bool is_keyed() const noexcept { return !options_.per.empty(); }
  Entry& entry(std::string_view key, TimePoint now);
  Entry& peer(std::string_view key, TimePoint now) { return is_keyed() ? entry(key, now) : all_; }
  void sweep(TimePoint now);
  void queue(Entry& entry);
  Answer ask_entry(Entry& entry, TimePoint now, std::int64_t cost);
  void restore_key(Entry& entry, const std::string& note, Shutdown shutdown, TimePoint now,
                   WallTime wall);
  std::string note_name(const Entry& entry) const;
  template <typename Change>
  void each_set(const Permit& permit, Change change);

  LimitOptions options_;
  std::unique_ptr<const Plan> plan_;
  Entry all_;
  Keys keyed_;
  std::size_t sweep_at_;
  std::optional<TimePoint> restarted_at_;  // After a crash: what a new key must respect.

  std::int64_t cost_max_ = 1;
  std::uint64_t serial_ = 0;
  std::vector<Entry*> wanting_;
  std::deque<std::pair<std::uint64_t, std::vector<Entry*>>> unconfirmed_;
  std::vector<std::string> forgotten_;  // Names of notes whose keys have rested.
};

}  // namespace penstock::limits
