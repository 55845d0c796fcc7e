// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// settle: the only place where items end. What came back becomes a verdict, a later attempt, or a
// hop; what became durable becomes visible and lets its children start.
#include <algorithm>
#include <utility>

#include "core/assert.h"
#include "core/json.h"
#include "core/value.h"
#include "engine/redirect.h"
#include "engine/run.h"
#include "retry/decide.h"

namespace penstock::engine {
namespace {

// They go to the ledger in pieces: whoever has one in hand holds no more of them than that.
constexpr std::size_t kVerdictsAtOnce = 512;

}  // namespace

Status Run::settle() {
  settle_started();
  for (FinishedCall& call : seams_.executor.take_finished()) {
    settle_call(call);
    if (verdicts_.size() >= kVerdictsAtOnce) flush_verdicts();
  }
  flush_verdicts();
  // Refills that were asked for before a verdict may name its item once more. They come before it
  // is durable, so whoever looks at what is durable first has seen all of them afterwards.
  const Ticket durable = seams_.ledger.durable();
  take_refills();
  settle_durable(durable);
  PENSTOCK_CHECK(seams_.ledger.health());
  flush_verdicts();
  if (const Status health = seams_.executor.health(); !health) break_off(health.error());
  check_failures();
  return ok();
}

void Run::settle_started() {
  for (const StartedCall& call : seams_.executor.take_started()) {
    const auto found = in_flight_.find(static_cast<std::uint64_t>(call.id));
    if (found == in_flight_.end()) continue;
    gate_.started(found->second.step, found->second.grant, call.sent_at);
    wake_waiting(found->second);
  }
}

void Run::settle_call(FinishedCall& call) {
  const auto found = in_flight_.find(static_cast<std::uint64_t>(call.id));
  // The fence: every attempt is a call of its own, and what answers an attempt that has come back
  // already is too late. Its item may be in flight again, or settled.
  if (found == in_flight_.end()) return;
  InFlight flight = std::move(found->second);
  in_flight_.erase(found);
  tally_.ended(flight.step, flight.items.size(), call.bytes, now_);
  PENSTOCK_ASSERT(call.verdicts.empty() || call.verdicts.size() == flight.items.size());

  gate_.release(flight.step, flight.queue, flight.keys, flight.grant, call, now_,
                seams_.clock.wall());
  wake_waiting(flight);
  if (verdicts_.empty()) verdicts_.reserve(flight.items.size());
  ItemVerdict all_well{.outcome = Outcome::done};
  for (std::size_t i = 0; i < flight.items.size(); ++i) {
    Item& item = *flight.items[i];
    item.bytes += call.bytes / flight.items.size();
    item.elapsed_us = std::chrono::duration_cast<std::chrono::microseconds>(call.elapsed).count();
    settle_item(std::move(flight.items[i]), call.verdicts.empty() ? all_well : call.verdicts[i]);
  }
  if (KeyQueue* queue = ready_.find(flight.step, flight.queue)) look_after(*queue);
}

void Run::settle_item(ItemPtr item, ItemVerdict& verdict) {
  switch (verdict.outcome) {
    case Outcome::done:
      return finish_done(std::move(item), verdict);
    case Outcome::skipped:
      return finish_failed(std::move(item), verdict.error, ItemStatus::skipped);
    case Outcome::moved:
      return follow_redirect(std::move(item), verdict);
    case Outcome::failed:
      return try_again_or_fail(std::move(item), verdict.error);
    case Outcome::returned:
      --item->own.attempts;
      return requeue(std::move(item));
  }
}

void Run::follow_redirect(ItemPtr item, ItemVerdict& verdict) {
  const PlannedStep& step = planned(item->step());
  if (auto allowed = check_redirect(*item, verdict.link, step.redirects_max); !allowed) {
    return finish_failed(std::move(item), allowed.error(), ItemStatus::failed);
  }
  ++item->hops;
  --item->own.attempts;  // The hop is part of the same attempt, which it will count again.
  item->redirect = std::move(verdict.link);
  item->redirect_status = verdict.moved_status;
  requeue(std::move(item));
}

void Run::try_again_or_fail(ItemPtr item, const Error& error) {
  const PlannedStep& step = planned(item->step());
  if (error.code == Errc::cancelled) {
    --item->own.attempts;
    return requeue(std::move(item));
  }
  item->throttles += error.code == Errc::throttled ? 1 : 0;
  item->crashes += error.code == Errc::crashed ? 1 : 0;
  item->alone = item->crashes > 0;
  const retry::Tried tried{.attempts = static_cast<int>(item->own.attempts),
                           .throttles = static_cast<int>(item->throttles),
                           .crashes = static_cast<int>(item->crashes),
                           .elapsed = now_ - item->first_start};
  const retry::Decision decision =
      retry::decide(error, step.step->repeatable(), tried, step.retry, random_.next());
  switch (decision.verdict) {
    case retry::Verdict::again:
      item->redirect.clear();
      item->redirect_status = 0;
      item->hops = 0;
      tally_.retry_later(item->step());
      delayed_.emplace(std::pair(now_ + decision.wait, ++turns_), std::move(item));
      return;
    case retry::Verdict::fail:
      return finish_failed(std::move(item), error, ItemStatus::failed);
    case retry::Verdict::poison:
      return finish_failed(std::move(item), error, ItemStatus::poisoned);
    case retry::Verdict::park:
      stop(StopReason::parked, error.message);
      --item->own.attempts;
      return requeue(std::move(item));
    case retry::Verdict::stop:
      break_off(error);
      return requeue(std::move(item));
  }
}

Verdict Run::verdict_of(const Item& item, ItemStatus status) {
  Verdict verdict;
  verdict.seq = Seq{next_seq_++};
  verdict.item = item.own.item;
  verdict.parent = item.own.parent;
  verdict.index = item.own.index;
  verdict.status = status;
  verdict.keep_output = planned(item.step()).keep == Keep::all;
  verdict.attempts = item.own.attempts;
  verdict.context = item.context;
  verdict.content = item.own.content;
  verdict.unique = item.own.unique;
  verdict.origin = item.origin;
  verdict.started_ms = item.started_ms;
  verdict.elapsed_us = item.elapsed_us;
  verdict.bytes = item.bytes;
  return verdict;
}

void Run::finish_failed(ItemPtr item, const Error& error, ItemStatus status) {
  Verdict verdict = verdict_of(*item, status);
  verdict.kind = error.kind;
  verdict.error = error.message;
  conclude(*item, std::move(verdict));
}

void Run::finish_done(ItemPtr item, ItemVerdict& from) {
  const bool is_empty = from.fans_out && from.elements.empty() && from.link.empty();
  Verdict verdict = verdict_of(*item, is_empty ? ItemStatus::empty : ItemStatus::ok);
  verdict.leaf = is_empty || (!from.fans_out && is_last(item->step()));
  verdict.output = std::move(from.output);
  for (ItemPtr& child : children_of(*item, verdict, from)) enrol(verdict, std::move(child));

  ItemPtr bad_page;
  Status page_check = ok();
  if (!from.link.empty()) {
    ItemPtr page = following_page(*item, verdict, std::move(from.link));
    page_check = check_page(*item, *page, planned(item->step()).pages_max);
    if (page_check) {
      enrol(verdict, std::move(page));
    } else {
      bad_page = std::move(page);  // A chain that must end says so in a row of its own.
    }
  }
  conclude(*item, std::move(verdict));
  if (bad_page) finish_failed(std::move(bad_page), page_check.error(), ItemStatus::failed);
}

/// The value goes on as it is: `when` said that this step is not for it.
void Run::pass_through(ItemPtr item) {
  item->own.unique = {};  // It was not asked, so it answers nobody.
  ItemVerdict nothing{.outcome = Outcome::done};
  finish_done(std::move(item), nothing);
}

/// An equal call has answered: this item has the same end, under its own key.
void Run::finish_answered(ItemPtr item, const StoredAnswer& answer) {
  item->origin = answer.seq;
  if (answer.status == ItemStatus::ok) {
    ItemVerdict same{.outcome = Outcome::done, .output = answer.output};
    finish_done(std::move(item), same);
  } else {
    finish_failed(std::move(item), Error{Errc::rejected, answer.error, answer.kind}, answer.status);
  }
}

/// Every verdict passes here: counted, told to those who wait for it, queued for the ledger. The
/// item's own texts go with it.
void Run::conclude(Item& item, Verdict verdict) {
  verdict.key = std::move(item.own.key);
  verdict.value = std::move(item.own.value);
  tally_.settled(item.step(), verdict.status);
  note_ended(item.step(), verdict.status, batch_.ended);
  if (ahead_.contains(item.own.item)) batch_.ahead.push_back(item.own.item);
  note_ordinal(item.own.item, batch_.ordinals);
  const bool is_answer = item.own.unique && verdict.origin == Seq{};
  if (!is_answer) {
    verdict.unique = {};
    verdicts_.push_back(std::move(verdict));
    return;
  }
  StoredAnswer answer{verdict.seq, verdict.status, verdict.output, verdict.kind, verdict.error};
  batch_.answers.emplace_back(item.step(), item.own.unique);
  verdicts_.push_back(std::move(verdict));
  for (ItemPtr& follower : unique_.answer(item, answer)) {
    finish_answered(std::move(follower), answer);
  }
}

void Run::flush_verdicts() {
  if (verdicts_.empty()) return;
  batch_.ticket = seams_.ledger.append(std::exchange(verdicts_, {}));
  undurable_.push_back(std::exchange(batch_, {}));
}

void Run::settle_durable(Ticket durable) {
  gate_.reserve(seams_.ledger, now_, seams_.clock.wall());
  for (const std::size_t limit : gate_.confirm(durable)) ready_.wake_all(limit, now_);
  while (!undurable_.empty() && undurable_.front().ticket <= durable) {
    Batch batch = std::move(undurable_.front());
    undurable_.pop_front();
    for (const Ended& ended : batch.ended) {
      tally_.durable(ended.step, ended.status, ended.items, now_);
    }
    for (const auto& [step, value] : batch.answers) unique_.forget(step, value);
    for (const ItemId item : batch.ahead) ahead_.erase(item);
    tell_source(batch.ordinals);
    for (ItemPtr& child : batch.children) take_in(std::move(child));
  }
}

/// A child that waited for its parent's verdict to be durable.
void Run::take_in(ItemPtr child) {
  KeyQueue* queue = ready_.find(child->step(), child->own.queue);
  PENSTOCK_ASSERT(queue != nullptr && queue->arriving > 0);
  --arriving_;
  if (!stopping_) place(std::move(child), std::nullopt);
  --queue->arriving;  // Only now: place() may look at this queue.
  look_after(*queue);
}

void Run::note_ended(StepIndex step, ItemStatus status, std::vector<Ended>& ended) {
  const bool is_alike =
      !ended.empty() && ended.back().step == step && ended.back().status == status;
  if (!is_alike) ended.push_back({step, status, 0});
  ++ended.back().items;
}

void Run::note_ordinal(ItemId item, std::vector<IntervalSet::Interval>& ordinals) const {
  const std::uint64_t sequence = item.sequence();
  if (item.step() != StepIndex{0} || sequence >= ItemId::kEnrolledStart) return;
  if (sequence < state_.generation_start) return;
  const std::uint64_t ordinal = sequence - state_.generation_start;
  if (ordinals.empty() || ordinals.back().last != ordinal) ordinals.push_back({ordinal, ordinal});
  ++ordinals.back().last;
}

/// A pipe is read on only as far as its items are in the ledger.
void Run::tell_source(const std::vector<IntervalSet::Interval>& ordinals) {
  if (ordinals.empty()) return;
  for (const auto [first, last] : ordinals) state_.settled.add(first, last);
  seams_.source.settled_before(state_.settled.first_gap(0));
}

void Run::check_failures() {
  const FailureBudget& budget = plan_.failures;
  // Of this engine: a run that was stopped like this goes on when it is started again.
  const std::uint64_t failed = tally_.failed() - failed_before_;
  const std::uint64_t settled = tally_.settled() - settled_before_;
  if (budget.count_max > 0 && failed >= budget.count_max) {
    stop(StopReason::failures, std::to_string(failed) + " items have failed");
  }
  const double failed_max = budget.fraction_max * static_cast<double>(settled);
  if (budget.fraction_max > 0 && settled >= 20 && static_cast<double>(failed) >= failed_max) {
    stop(StopReason::failures,
         std::to_string(failed) + " of " + std::to_string(settled) + " items have failed");
  }
}

}  // namespace penstock::engine
