// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// All limits of a plan and the circuits of its hosts, asked together: a call gets every permit that
// its step names, or none.
#pragma once

#include <penstock/clock.h>
#include <penstock/executor.h>
#include <penstock/ledger.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/json.h"
#include "engine/host_pauses.h"
#include "engine/plan.h"
#include "limits/limiter.h"
#include "placeholders/template.h"
#include "retry/circuits.h"

namespace penstock::engine {

/// What a call holds while it is in flight: one permit for every limit of its step, in that order.
struct Grant {
  TimePoint not_before{};
  std::vector<limits::Permit> permits;
  bool is_started = false;
};

/// What the gate says to a queue: granted, or what to wait for.
struct GateAnswer {
  limits::Answer answer;
  std::size_t source = 0;  ///< A limit of the plan, or behind those, the circuits of a step.
  std::string key;         ///< Of that limit; the host, for circuits.
};

/// Reservations: a limit that counts over crashes opens only what the ledger already holds, so
/// reserve() goes to the ledger and confirm() follows its durability.
/// Threads: owner only.
class Gate {
 public:
  explicit Gate(const Plan& plan);

  /// The key of each limit that the step names, and behind them the share if the plan is
  /// distributed statically (empty: anybody's). `host` is Step::limit_key().
  /// Errors: invalid ("item.field"), when a limit is per a placeholder that the item lacks.
  Result<std::vector<std::string>> keys(const PlannedStep& step, std::string_view host,
                                        json::Node value, std::optional<std::uint32_t> share) const;

  /// The share that these keys name.
  std::optional<std::uint32_t> share_of(const std::vector<std::string>& keys) const;

  /// Whether keys() of this step looks at values.
  bool reads_values(const PlannedStep& step) const;

  /// One name for all keys of a queue, as the ledger stores it, and back.
  std::string join(const PlannedStep& step, std::string_view host,
                   const std::vector<std::string>& keys) const;
  std::vector<std::string> split(const PlannedStep& step, std::string_view name) const;

  GateAnswer ask(StepIndex step, std::string_view queue, const std::vector<std::string>& keys,
                 TimePoint now);
  Grant take(StepIndex step, std::string_view queue, const std::vector<std::string>& keys,
             TimePoint now, TimePoint not_before);

  /// Whether an item with keys that nobody has yet could start now.
  bool is_open_to_others(StepIndex step, TimePoint now);

  /// The request was written: spacing counts from here, without waiting for the answer.
  void started(StepIndex step, Grant& grant, TimePoint sent_at);

  /// Whether some limit of this step counts from started().
  bool needs_starts(StepIndex step) const;

  /// Learn from what came back, then give all permits of the call back.
  void release(StepIndex step, std::string_view queue, const std::vector<std::string>& keys,
               Grant& grant, const FinishedCall& call, TimePoint now, WallTime wall);

  /// The `source` of the circuits of this step's hosts.
  std::size_t circuits_of(StepIndex step) const noexcept {
    return limiters_.size() + static_cast<std::size_t>(step);
  }

  /// The `source` of shares: a worker that has as many calls as it takes.
  std::size_t shares() const noexcept { return limiters_.size() + circuits_.size(); }

  /// Whether a release() for one key of this source may free queues of other keys.
  bool frees_others(std::size_t source) const;

  /// Put what must be durable next into the ledger.
  void reserve(Ledger& ledger, TimePoint now, WallTime wall);

  /// The ledger holds all up to `durable`: the limits that may grant again.
  std::vector<std::size_t> confirm(Ticket durable);

  void restore(const LedgerState& state, TimePoint now, WallTime wall);

  /// Put the exact state into the ledger. REQUIRES: nothing in flight.
  void close(Ledger& ledger, TimePoint now, WallTime wall) const;

  std::size_t size() const noexcept { return limiters_.size(); }
  const LimitOptions& options(std::size_t limit) const { return limiters_[limit]->options(); }
  void retune(std::size_t limit, LimitOptions options, TimePoint now);

 private:
  struct Unconfirmed {
    Ticket ticket{};
    std::size_t limit = 0;
    std::uint64_t serial = 0;
  };

  void learn(std::size_t limit, const std::string& key, std::string_view host, const RateHint& hint,
             TimePoint now);
  bool has_shares() const noexcept { return plan_.distribution == Distribution::static_ranges; }
  bool is_share_full(StepIndex step, const std::string& share) const;

  const Plan& plan_;
  std::unordered_map<std::string, std::size_t> in_flight_;  // By share.
  std::vector<std::unique_ptr<limits::Limiter>> limiters_;
  HostPauses pauses_;
  std::vector<std::string> first_hosts_;  // By limit; of those without keys.
  std::vector<bool> has_many_hosts_;
  std::vector<retry::Circuits> circuits_;                             // By step.
  std::vector<std::optional<placeholders::Template>> key_templates_;  // Of limits per {field}.
  std::vector<Unconfirmed> unconfirmed_;
};

}  // namespace penstock::engine
