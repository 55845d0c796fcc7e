// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The engine's bookkeeping of its own work, from which every progress display is drawn. It counts
// what the engine says; it decides nothing.
#pragma once

#include <penstock/item.h>
#include <penstock/progress.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan.h"
#include "progress/binding.h"
#include "progress/eta.h"
#include "progress/rate_window.h"
#include "progress/slot_time.h"

namespace penstock::engine {

/// Invariant: known = finished + retrying + in flight + settled + pending, by step.
/// Threads: owner only.
class Tally {
 public:
  Tally(const Plan& plan, TimePoint now);

  /// An earlier engine settled these.
  void restore(StepIndex step, ItemStatus status, std::uint64_t items);

  void found(StepIndex step, std::uint64_t items);
  void started(StepIndex step, std::size_t items, TimePoint now);
  void ended(StepIndex step, std::size_t items, std::uint64_t bytes, TimePoint now);
  void retry_later(StepIndex step) { ++at(step).retrying; }
  void retry_due(StepIndex step) { --at(step).retrying; }
  void settled(StepIndex step, ItemStatus status);
  void durable(StepIndex step, ItemStatus status, std::uint64_t items, TimePoint now);
  void source_ended() { source_ended_ = true; }

  /// From now on this holds the run back (empty: nothing), and empty slots are empty for `idle`.
  void held_by(std::string_view what, progress::Idle idle, TimePoint now);

  void resize(std::size_t slots, TimePoint now) {
    slots_configured_ = static_cast<std::int64_t>(slots);
    slots_.resize(slots_configured_, now);
  }

  /// Items of this step that are granted and not yet durable.
  std::uint64_t unrecorded(StepIndex step) const;

  /// Of this and earlier engines' verdicts, over all steps.
  std::uint64_t failed() const noexcept { return failed_; }
  std::uint64_t settled() const noexcept { return settled_; }

  Snapshot snapshot(TimePoint now) const;

 private:
  void show_busy(TimePoint now);
  struct StepTally {
    std::string name;
    ItemCounts items;  // `pending` is derived.
    std::int64_t found = 0;
  };

  ItemCounts& at(StepIndex step) { return steps_[static_cast<std::size_t>(step)].items; }
  ItemCounts counts(std::size_t step) const;

  std::vector<StepTally> steps_;
  TimePoint began_{};
  std::int64_t calls_ = 0;  // In flight.
  std::int64_t bytes_in_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t settled_ = 0;
  bool source_ended_ = false;
  std::int64_t slots_configured_;
  progress::SlotTime slots_;
  progress::RateWindow rate_;
  progress::Eta eta_;
  progress::Binding binding_;
};

}  // namespace penstock::engine
