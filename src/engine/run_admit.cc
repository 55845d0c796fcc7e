// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// admit: what may start now, the latest step first. Limits are asked key by key, never item by
// item; whoever may not start is asked again at a known time or after a known event.
#include <algorithm>
#include <utility>

#include "engine/run.h"

namespace penstock::engine {
namespace {

constexpr std::size_t kBacklogBytesMax = 4U << 20U;

}  // namespace

/// The ledger has as much to write as may be lost track of: nothing starts until it caught up.
bool Run::ledger_is_full() const { return seams_.ledger.backlog_bytes() > kBacklogBytesMax; }

std::size_t Run::room() const {
  const std::size_t room = seams_.executor.room();
  if (at_once_ == 0) return room;
  return std::min(room, at_once_ - std::min(at_once_, in_flight_.size()));
}

void Run::admit() {
  if (stopping_) return;
  const std::string_view held_before = std::exchange(held_by_, {});
  std::vector<Call> calls;
  std::size_t free = room();
  for (std::size_t step = plan_.steps.size(); step-- > 0;) {
    admit_step(StepIndex{static_cast<std::uint8_t>(step)}, calls, free);
  }
  // Who waits for a time that has not come was not asked again: its reason still holds.
  if (held_by_.empty() && ready_.items() > 0) held_by_ = held_before;
  note_what_holds(free);
  if (!calls.empty()) seams_.executor.start(std::move(calls));
}

void Run::admit_step(StepIndex index, std::vector<Call>& calls, std::size_t& free) {
  const PlannedStep& step = planned(index);
  const bool is_batched = step.step->batch_items_max() > 1;
  while (free > 0 && !ledger_is_full()) {
    if (is_batched && in_flight_.size() >= batch_calls_max_) return;
    if (step.paid && tally_.unrecorded(index) >= plan_.workers * plan_.concurrency) return;
    KeyQueue* queue = ready_.first_due(index, now_);
    if (queue == nullptr) return;
    auto keys = gate_.split(step, queue->key);
    const GateAnswer gate = gate_.ask(index, queue->key, keys, now_);
    if (!gate.answer.granted()) {
      hold(*queue, step, keys, gate);
      continue;
    }
    start_call(*queue, step, std::move(keys), gate.answer.at, calls);
    --free;
  }
}

void Run::hold(KeyQueue& queue, const PlannedStep& step, const std::vector<std::string>& keys,
               const GateAnswer& gate) {
  if (held_by_.empty()) held_by_ = gate.answer.rule;
  if (gate.answer.hold == limits::Hold::time) {
    ready_.postpone(queue, std::max(gate.answer.at, now_ + std::chrono::microseconds(1)));
  } else {
    ready_.block(queue, gate.source, gate.key);
  }
  // Whoever was woken in place of this queue's other limits gets its turn.
  for (std::size_t i = 0; i < step.limits.size(); ++i) {
    if (step.limits[i] != gate.source) ready_.wake(step.limits[i], keys[i], 0, now_);
  }
}

void Run::start_call(KeyQueue& queue, const PlannedStep& step, std::vector<std::string> keys,
                     TimePoint not_before, std::vector<Call>& calls) {
  InFlight flight{.step = queue.step, .queue = queue.key, .keys = std::move(keys)};
  flight.grant = gate_.take(queue.step, queue.key, flight.keys, now_, not_before);
  Call call{.id = CallId{next_call_++}, .step = queue.step, .not_before = flight.grant.not_before};
  call.tells_start = gate_.needs_starts(queue.step);
  call.alone = queue.first().alone;
  call.worker = gate_.share_of(flight.keys);
  const std::size_t items_max = call.alone ? 1 : step.step->batch_items_max();
  const auto wall = seams_.clock.wall().time_since_epoch();
  while (call.items.size() < items_max && queue.ready() > 0) {
    if (!call.items.empty() && queue.first().alone) break;
    ItemPtr item = ready_.pop(queue);
    ++item->own.attempts;
    if (item->started_ms == 0) {
      item->started_ms = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
      item->first_start = now_;
    }
    call.items.push_back({item->own.item, item->own.attempts, item->flattened(), item->target(),
                          item->redirect_status});
    flight.items.push_back(std::move(item));
  }
  tally_.started(queue.step, flight.items.size(), now_);
  if (queue.stored > 0) ready_.note_hungry(queue);
  ready_.postpone(queue, now_);  // Behind the others that are due.
  in_flight_.emplace(static_cast<std::uint64_t>(call.id), std::move(flight));
  calls.push_back(std::move(call));
}

/// A call gave its permits back: who waits for them may ask again.
void Run::wake_waiting(const InFlight& flight) {
  const PlannedStep& step = planned(flight.step);
  for (std::size_t i = 0; i < step.limits.size(); ++i) {
    const std::size_t others = gate_.frees_others(step.limits[i]) ? 16 : 0;
    ready_.wake(step.limits[i], flight.keys[i], others, now_);
  }
  ready_.wake_all(gate_.circuits_of(flight.step), now_);
  if (shares_) ready_.wake(gate_.shares(), flight.keys.back(), 0, now_);
}

void Run::note_what_holds(std::size_t free) {
  using progress::Idle;
  if (ledger_is_full()) {
    tally_.held_by("disk", Idle::disk, now_);
  } else if (free == 0) {
    tally_.held_by("all slots are busy", Idle::limits, now_);
  } else if (!held_by_.empty()) {
    tally_.held_by(held_by_, Idle::limits, now_);
  } else if (!delayed_.empty()) {
    tally_.held_by("waiting to try again", Idle::backoff, now_);
  } else if (!feed_.ended()) {
    tally_.held_by(feed_.waiting() ? "source" : "", Idle::source, now_);
  } else {
    tally_.held_by("", Idle::tail, now_);
  }
}

}  // namespace penstock::engine
