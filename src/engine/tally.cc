// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Counting in constant time; the arithmetic of rates, slots and causes is the progress room's.
#include "engine/tally.h"

#include <algorithm>

namespace penstock::engine {
namespace {

constexpr std::chrono::seconds kRateWindow{10};

bool is_failure(ItemStatus status) {
  return status == ItemStatus::failed || status == ItemStatus::poisoned;
}

std::int64_t& counter_of(ItemCounts& counts, ItemStatus status) {
  if (is_failure(status)) return counts.failed;
  return status == ItemStatus::skipped ? counts.skipped : counts.done;
}

std::int64_t slots_of(const Plan& plan) {
  return static_cast<std::int64_t>(plan.at_once > 0 ? plan.at_once
                                                    : plan.workers * plan.concurrency);
}

}  // namespace

Tally::Tally(const Plan& plan, TimePoint now)
    : began_(now),
      slots_configured_(slots_of(plan)),
      slots_(slots_configured_, now),
      rate_(kRateWindow, now),
      eta_(now),
      binding_(now) {
  for (const PlannedStep& step : plan.steps) steps_.push_back({step.name, {}, 0});
}

void Tally::restore(StepIndex step, ItemStatus status, std::uint64_t items) {
  const auto count = static_cast<std::int64_t>(items);
  steps_[static_cast<std::size_t>(step)].found += count;
  counter_of(at(step), status) += count;
  failed_ += is_failure(status) ? items : 0;
  settled_ += items;
}

/// Calls that wait in a worker for its next free place take none.
void Tally::show_busy(TimePoint now) { slots_.set_busy(std::min(calls_, slots_configured_), now); }

void Tally::found(StepIndex step, std::uint64_t items) {
  steps_[static_cast<std::size_t>(step)].found += static_cast<std::int64_t>(items);
}

void Tally::started(StepIndex step, std::size_t items, TimePoint now) {
  at(step).in_flight += static_cast<std::int64_t>(items);
  ++calls_;
  show_busy(now);
}

void Tally::ended(StepIndex step, std::size_t items, std::uint64_t bytes, TimePoint now) {
  at(step).in_flight -= static_cast<std::int64_t>(items);
  --calls_;
  show_busy(now);
  bytes_in_ += static_cast<std::int64_t>(bytes);
}

void Tally::settled(StepIndex step, ItemStatus status) {
  ++at(step).settled;
  ++settled_;
  failed_ += is_failure(status) ? 1 : 0;
}

void Tally::durable(StepIndex step, ItemStatus status, std::uint64_t items, TimePoint now) {
  const auto count = static_cast<std::int64_t>(items);
  at(step).settled -= count;
  counter_of(at(step), status) += count;
  rate_.count(count, now);
  eta_.finished(count, now);
}

void Tally::held_by(std::string_view what, progress::Idle idle, TimePoint now) {
  binding_.set(what, now);
  slots_.set_idle(idle, now);
}

std::uint64_t Tally::unrecorded(StepIndex step) const {
  const ItemCounts& counts = steps_[static_cast<std::size_t>(step)].items;
  return static_cast<std::uint64_t>(counts.in_flight + counts.settled);
}

ItemCounts Tally::counts(std::size_t step) const {
  ItemCounts counts = steps_[step].items;
  counts.pending = 0;
  counts.pending = std::max<std::int64_t>(0, steps_[step].found - counts.known());
  return counts;
}

Snapshot Tally::snapshot(TimePoint now) const {
  Snapshot snapshot;
  snapshot.state = RunState::running;
  snapshot.elapsed = now - began_;
  bool is_known = source_ended_;
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    const ItemCounts counted = counts(step);
    StepProgress progress{steps_[step].name, counted, std::nullopt};
    if (is_known) progress.total = steps_[step].found;
    is_known = is_known && counted.finished() == steps_[step].found;
    ItemCounts& all = snapshot.items;
    all.done += counted.done;
    all.failed += counted.failed;
    all.skipped += counted.skipped;
    all.retrying += counted.retrying;
    all.in_flight += counted.in_flight;
    all.settled += counted.settled;
    all.pending += counted.pending;
    snapshot.steps.push_back(std::move(progress));
  }
  if (snapshot.steps.back().total) snapshot.total = snapshot.items.known();
  snapshot.rate_per_s = rate_.per_s(now);
  if (snapshot.total) {
    snapshot.eta = eta_.for_items(*snapshot.total - snapshot.items.finished(), now);
  }
  snapshot.concurrency = slots_.concurrency(now);
  snapshot.lost = slots_.lost(now);
  progress::Binding::Held held = binding_.held(now);
  snapshot.held_by = std::move(held.by);
  snapshot.held_for = held.time;
  snapshot.bytes_in = bytes_in_;
  return snapshot;
}

}  // namespace penstock::engine
