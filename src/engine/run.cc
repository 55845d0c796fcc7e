// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The loop itself, how it begins and ends, and what is asked of it from outside.
#include "engine/run.h"

#include <algorithm>
#include <utility>

namespace penstock::engine {
namespace {

constexpr std::chrono::milliseconds kNapMax{500};  // Health is looked at this often at least.

}  // namespace

Run::Run(const Plan& plan, Seams seams)
    : plan_(plan),
      seams_(seams),
      random_(seams.seed),
      state_(seams.ledger.take_state()),
      feed_(seams.source, state_.settled, plan.items_max),
      gate_(plan),
      ready_(plan.steps.size()),
      tally_(plan, seams.clock.now()),
      next_sequence_(plan.steps.size(), 0),
      next_seq_(state_.next_seq),
      at_once_(plan.at_once),
      batch_calls_max_(2 * plan.workers + 2) {}

Result<Summary> Run::drive() {
  PENSTOCK_CHECK(work());
  return close();
}

Status Run::work() {
  PENSTOCK_CHECK(divide_source());
  restore();
  while (!finished()) {
    PENSTOCK_CHECK(settle());
    PENSTOCK_CHECK(refill());
    admit();
    const std::uint32_t events = seams_.waker.sleep_until(next_wakeup());
    if ((events & static_cast<std::uint32_t>(Event::source_ready)) != 0) feed_.source_ready();
    now_ = seams_.clock.now();
  }
  return ok();
}

Status Run::divide_source() {
  if (plan_.distribution == Distribution::dynamic) return ok();
  const auto total = feed_.total();
  if (!total) {
    return Error{
        Errc::invalid,
        "distribute the input over the workers: its length is not known beforehand; take a "
        "file, or leave the distribution dynamic",
        "job.distribute"};
  }
  shares_.emplace(*total, plan_.workers);
  return ok();
}

void Run::restore() {
  now_ = seams_.clock.now();
  gate_.restore(state_, now_, seams_.clock.wall());
  for (const auto& [place, count] : state_.settled_counts) {
    tally_.restore(StepIndex{place.first}, place.second, count);
  }
  failed_before_ = tally_.failed();
  settled_before_ = tally_.settled();
  next_sequence_[0] = ItemId::kEnrolledStart;
  for (const auto& [step, sequence] : state_.next_sequence) {
    // The ledger also knows of steps that the job has no more.
    if (step < next_sequence_.size()) next_sequence_[step] = sequence;
  }
  for (const auto& [place, count] : state_.pending) {
    const StepIndex step{place.first};
    KeyQueue& queue = ready_.at(step, place.second, std::nullopt);
    queue.stored = count;
    stored_ += count;
    if (step == StepIndex{0}) stored_first_ += count;
    tally_.found(step, count);
    ready_.note_hungry(queue);
  }
  state_.pending.clear();  // It may be long.
}

bool Run::finished() const {
  if (!in_flight_.empty() || !undurable_.empty()) return false;
  if (stopping_) return true;
  return feed_.ended() && ready_.items() == 0 && delayed_.empty() && stored_ == 0 &&
         unique_.followers() == 0;
}

Result<Summary> Run::close() {
  seams_.executor.end();
  gate_.close(seams_.ledger, now_, seams_.clock.wall());
  PENSTOCK_CHECK(seams_.ledger.close());
  if (fatal_) return *fatal_;
  Summary summary{stopping_.value_or(StopReason::finished), why_, snapshot()};
  summary.snapshot.state = stopping_ == StopReason::parked ? RunState::parked : RunState::finished;
  return summary;
}

TimePoint Run::next_wakeup() {
  if (finished()) return now_;
  TimePoint wakeup = now_ + kNapMax;
  if (stopping_) return wakeup;
  // The source is read in pieces, each of which starts before the next one is read.
  if (room() > 0 && source_read_max() > 0 && wants_source()) return now_;
  if (room() > 0 && !ledger_is_full()) wakeup = std::min(wakeup, ready_.next_due());
  if (!delayed_.empty()) wakeup = std::min(wakeup, delayed_.begin()->first.first);
  return wakeup;
}

void Run::stop(StopReason reason, std::string why) {
  if (stopping_) return;
  stopping_ = reason;
  why_ = std::move(why);
  seams_.ledger.hurry();
}

/// What is in flight may end, and is recorded: it was paid for.
void Run::break_off(Error error) {
  if (!fatal_) fatal_ = std::move(error);
  stop(StopReason::interrupted, {});
}

void Run::drain() { stop(StopReason::interrupted, {}); }

void Run::stop_now() {
  drain();
  if (std::exchange(cancelled_, true)) return;
  for (const auto& [call, flight] : in_flight_) {
    seams_.executor.cancel(CallId{call}, CancelMode::now);
  }
}

Status Run::retune(const LimitOptions& options) {
  for (std::size_t limit = 0; limit < gate_.size(); ++limit) {
    if (gate_.options(limit).name != options.name) continue;
    gate_.retune(limit, options, now_);
    held_by_ = {};  // It may be the name of a rule that is no more.
    ready_.ask_all_again(now_);
    return ok();
  }
  return Error{Errc::invalid, "no limit is named \"" + options.name + "\"", "tune.limit"};
}

void Run::resize(std::size_t workers, std::size_t concurrency, std::size_t at_once) {
  seams_.executor.resize(workers, concurrency);
  at_once_ = at_once;
  batch_calls_max_ = 2 * workers + 2;
  tally_.resize(at_once > 0 ? at_once : workers * concurrency, now_);
}

Snapshot Run::snapshot() {
  Snapshot snapshot = tally_.snapshot(seams_.clock.now());
  if (stopping_) snapshot.state = RunState::draining;
  snapshot.workers = seams_.executor.workers();
  return snapshot;
}

}  // namespace penstock::engine
