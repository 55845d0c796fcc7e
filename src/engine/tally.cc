// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rates are over the last ten seconds; an ETA is given only where the total is known.
#include "engine/tally.h"

#include <algorithm>

namespace penstock::engine {
namespace {

constexpr std::chrono::seconds kRateWindow{10};
constexpr std::chrono::milliseconds kMarkEvery{500};

bool is_failure(ItemStatus status) {
  return status == ItemStatus::failed || status == ItemStatus::poisoned;
}

std::int64_t& counter_of(ItemCounts& counts, ItemStatus status) {
  if (is_failure(status)) return counts.failed;
  return status == ItemStatus::skipped ? counts.skipped : counts.done;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Tally::Tally(const Plan& plan, TimePoint now)
    : slots_(static_cast<std::int64_t>(plan.at_once > 0 ? plan.at_once
                                                        : plan.workers * plan.concurrency)),
      began_(now),
      counted_until_(now),
      held_since_(now) {
  for (const PlannedStep& step : plan.steps) steps_.push_back({step.name, {}, 0});
}

void Tally::restore(StepIndex step, ItemStatus status, std::uint64_t items) {
  const auto count = static_cast<std::int64_t>(items);
  steps_[static_cast<std::size_t>(step)].found += count;
  counter_of(at(step), status) += count;
  failed_ += is_failure(status) ? items : 0;
  settled_ += items;
}

void Tally::found(StepIndex step, std::uint64_t items) {
  steps_[static_cast<std::size_t>(step)].found += static_cast<std::int64_t>(items);
}

void Tally::add_time(TimePoint now) {
  slot_seconds_ += static_cast<double>(calls_) * seconds(now - counted_until_);
  counted_until_ = now;
}

void Tally::started(StepIndex step, std::size_t items, TimePoint now) {
  add_time(now);
  at(step).in_flight += static_cast<std::int64_t>(items);
  calls_peak_ = std::max(calls_peak_, ++calls_);
}

void Tally::ended(StepIndex step, std::size_t items, std::uint64_t bytes, TimePoint now) {
  add_time(now);
  at(step).in_flight -= static_cast<std::int64_t>(items);
  --calls_;
  bytes_in_ += static_cast<std::int64_t>(bytes);
}

void Tally::settled(StepIndex step, ItemStatus status) {
  ++at(step).settled;
  ++settled_;
  failed_ += is_failure(status) ? 1 : 0;
}

void Tally::durable(StepIndex step, ItemStatus status, TimePoint now) {
  --at(step).settled;
  ++counter_of(at(step), status);
  ++finished_here_;
  if (marks_.empty() || now - marks_.back().at >= kMarkEvery) {
    marks_.push_back({now, finished_here_});
    while (now - marks_.front().at > kRateWindow) marks_.pop_front();
  }
}

void Tally::held_by(std::string_view what, TimePoint now) {
  if (held_by_ == what) return;
  held_by_ = what;
  held_since_ = now;
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
  if (marks_.size() >= 2) {
    const Mark& first = marks_.front();
    const double rate = static_cast<double>(finished_here_ - first.finished) /
                        std::max(1e-3, seconds(now - first.at));
    snapshot.rate_per_s = rate;
    if (snapshot.total && rate > 0) {
      const auto left = static_cast<double>(*snapshot.total - snapshot.items.finished());
      snapshot.eta = std::chrono::seconds(static_cast<std::int64_t>(left / rate));
    }
  }
  const double elapsed = std::max(1e-9, seconds(now - began_));
  snapshot.concurrency = {
      slots_, calls_, calls_peak_,
      (slot_seconds_ + static_cast<double>(calls_) * seconds(now - counted_until_)) / elapsed};
  snapshot.held_by = held_by_;
  snapshot.held_for = now - held_since_;
  snapshot.bytes_in = bytes_in_;
  return snapshot;
}

}  // namespace penstock::engine
