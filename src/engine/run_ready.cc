// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// refill: what becomes ready, from the source and from the ledger, and how far ahead it is read.
#include <algorithm>
#include <utility>

#include "core/fingerprint.h"
#include "core/json.h"
#include "engine/run.h"

namespace penstock::engine {
namespace {

// How far the engine reads ahead: items in memory, and first-step items that are put away into the
// ledger while those of other keys can start. Chosen so that 20,000 hosts with an item each fit,
// and a no-op run stays below a few MiB.
constexpr std::size_t kReadyMax = 20'000;
constexpr std::size_t kReadyOfQueueMin = 1;
constexpr std::size_t kReadyOfQueueMax = 256;
constexpr std::uint32_t kAppetiteMax = 1'024;
constexpr std::chrono::milliseconds kQuick{100};
constexpr std::chrono::seconds kSlow{1};
constexpr std::size_t kSourceReadMax = 1'024;
constexpr std::size_t kDelayedMax = 20'000;
constexpr std::uint64_t kPutAwayMax = 200'000;

}  // namespace

Status Run::refill() {
  if (stopping_) return ok();
  while (!delayed_.empty() && delayed_.begin()->first.first <= now_) {
    ItemPtr item = std::move(delayed_.extract(delayed_.begin()).mapped());
    tally_.retry_due(item->step());
    requeue(std::move(item));
  }
  flush_verdicts();  // What is settled is not asked for.
  request_stored();
  PENSTOCK_CHECK(read_source());
  flush_verdicts();
  return ok();
}

/// Enough first-step items to keep every slot busy, and no more: later steps make their own.
/// Once items had to be put away, reading on is only worth it while slots are empty and somebody
/// new could start.
bool Run::wants_source() {
  if (feed_.ended() || feed_.waiting() || stopping_ || ledger_is_full()) return false;
  if (delayed_.size() >= kDelayedMax || ready_.items() >= kReadyMax) return false;
  if (stored_first_ == 0) crowded_ = false;
  if (crowded_) {
    const bool may_store = shares_.has_value() || stored_first_ < kPutAwayMax;
    return may_store && room() > 0 && ready_.next_due() > now_ &&
           gate_.is_open_to_others(StepIndex{0}, now_);
  }
  const std::size_t batch = plan_.steps.front().step->batch_items_max();
  // Of batches, as many as may start now and one more.
  const std::size_t calls = batch_calls_max_ - std::min(batch_calls_max_, in_flight_.size()) + 1;
  const std::size_t target = batch > 1 ? batch * calls : 2 * room() + 16;
  return ready_.items(StepIndex{0}) < std::min(target, kReadyMax / 2);
}

/// How much to read at once: as long as everything may start, no more than a single queue holds.
/// What went beyond would be put away into the ledger, only to be asked back at once.
std::size_t Run::source_read_max() const {
  const bool is_batched = plan_.steps.front().step->batch_items_max() > 1;
  const bool is_held = ready_.items() > 0 && ready_.next_due() > now_;
  if (is_batched || crowded_ || is_held) return kSourceReadMax;
  return kReadyOfQueueMax - std::min(kReadyOfQueueMax, ready_.items(StepIndex{0}));
}

Status Run::read_source() {
  while (wants_source()) {
    const std::size_t items_max = source_read_max();
    if (items_max == 0) break;
    auto fresh = feed_.read(items_max);
    if (!fresh) {
      fatal_ = std::move(fresh.error());  // What came before it is done first.
      break;
    }
    for (SourceFeed::Fresh& one : *fresh) take_fresh(one);
    crowded_ = crowded_ || !put_away_.empty();
    flush_put_away();
  }
  if (feed_.ended()) tally_.source_ended();
  return ok();
}

void Run::take_fresh(SourceFeed::Fresh& fresh) {
  auto item = std::make_unique<Item>();
  item->own.item = ItemId::of(StepIndex{0}, state_.generation_start + fresh.ordinal);
  item->own.key = std::move(fresh.item.key);
  item->own.value = std::move(fresh.item.value);
  item->own.content = fresh.item.content;
  item->is_fresh = true;
  if (shares_) item->share = shares_->of(fresh.ordinal);
  tally_.found(StepIndex{0}, 1);
  if (!fresh.item.bad) return place(std::move(item), std::nullopt);
  const bool is_duplicate = fresh.item.bad->kind == "input.duplicate_key";
  finish_failed(std::move(item), *fresh.item.bad,
                is_duplicate ? ItemStatus::skipped : ItemStatus::failed);
}

/// What of an item depends on its value: its limit keys, and what it is equal to.
Result<std::vector<std::string>> Run::prepare(Item& item) const {
  const PlannedStep& step = planned(item.step());
  std::string room;
  const std::string_view text = item.flattened(room);
  PENSTOCK_TRY(host, step.step->limit_key(text, item.target()));
  json::Document document;
  if (step.unique || gate_.reads_values(step)) {
    PENSTOCK_TRY(parsed, json::Document::parse(text));
    document = std::move(parsed);
  }
  if (step.unique && !item.own.unique) {
    PENSTOCK_TRY(value, step.unique->render(document.root()));
    item.own.unique = fingerprint({step.name, value, item.own.hop});
  }
  PENSTOCK_TRY(keys, gate_.keys(step, host, document.root(), item.share));
  item.own.queue = gate_.join(step, host, keys);
  return std::move(keys);
}

bool Run::is_wanted(const Item& item) const {
  const PlannedStep& step = planned(item.step());
  if (!step.when) return true;
  const auto document = json::Document::parse(item.flattened());
  return document && step.when->evaluate(document->root());
}

/// Give a pending item its place: passed through, answered, waiting for an equal call, or ready.
void Run::place(ItemPtr item, const std::optional<StoredAnswer>& answer) {
  if (!is_wanted(*item)) return pass_through(std::move(item));
  const bool knew_unique = static_cast<bool>(item->own.unique);
  auto keys = prepare(*item);
  if (!keys) {
    item->own.unique = {};  // What cannot be asked answers nobody.
    return finish_failed(std::move(item), keys.error(), ItemStatus::failed);
  }
  if (answer) return finish_answered(std::move(item), *answer);

  const bool is_unique = planned(item->step()).unique.has_value();
  KeyQueue& queue = ready_.at(item->step(), item->own.queue, before(item->own.item));
  // Of unique values, the ledger knows the answers: it is asked as soon as the value is known.
  const bool must_ask = is_unique && !knew_unique;
  if (must_ask || (item->is_fresh && !queue.key.empty() && !has_room(queue))) {
    return put_away(queue, std::move(item));
  }
  if (is_unique) {
    switch (unique_.join(item)) {
      case UniqueCalls::Role::leader:
        break;
      case UniqueCalls::Role::follower:
        return ready_.drop_if_empty(queue);
      case UniqueCalls::Role::answered: {
        ready_.drop_if_empty(queue);
        const StoredAnswer known(unique_.answer_of(*item));
        return finish_answered(std::move(item), known);
      }
    }
  }
  ready_.push(queue, std::move(item), now_);
}

void Run::put_away(KeyQueue& queue, ItemPtr item) {
  queue.put_away_first = std::min(queue.put_away_first.value_or(item->own.item), item->own.item);
  if (item->step() == StepIndex{0}) ++stored_first_;
  put_away_.push_back(std::move(item->own));
  note_stored(queue);
}

void Run::flush_put_away() {
  if (put_away_.empty()) return;
  Batch stored;
  for (const Enrolment& item : put_away_) note_ordinal(item.item, stored.ordinals);
  stored.ticket = seams_.ledger.enrol(std::exchange(put_away_, {}));
  undurable_.push_back(std::move(stored));
}

void Run::note_stored(KeyQueue& queue) {
  ++queue.stored;
  ++stored_;
  ready_.note_hungry(queue);
}

/// Whether an item may go to memory: nothing of its queue is stored before it, and there is room.
bool Run::has_room(const KeyQueue& queue) const {
  return queue.stored == 0 && queue.asked == 0 && ready_.items() + arriving_ < kReadyMax &&
         queue.ready() + queue.arriving < ready_of_queue_max(queue);
}

std::size_t Run::ready_of_queue_max(const KeyQueue& queue) const {
  const std::size_t batch = planned(queue.step).step->batch_items_max();
  const std::size_t share = kReadyMax / (2 * std::max<std::size_t>(ready_.queues(), 1));
  const std::size_t even =
      std::clamp(share, kReadyOfQueueMin, std::max(kReadyOfQueueMax, 4 * batch));
  return std::max<std::size_t>(even, queue.appetite);
}

/// An even share is too little for a host that may be called a thousand times a second: who has
/// eaten up its last helping within a moment gets twice as much.
void Run::note_appetite(KeyQueue& queue, std::size_t helping) const {
  const Duration since = now_ - std::exchange(queue.asked_at, now_);
  if (since > kSlow) queue.appetite = 0;
  if (since > kQuick || queue.ready() > 0) return;
  queue.appetite = std::min(2 * static_cast<std::uint32_t>(helping), kAppetiteMax);
}

bool Run::wants_stored() const {
  return ready_.items() + arriving_ + unique_.followers() + asked_ < kReadyMax &&
         delayed_.size() < kDelayedMax;
}

/// Ask the ledger for more of the queues that run low, those first that have waited longest.
void Run::request_stored() {
  while (wants_stored()) {
    KeyQueue* queue = ready_.take_hungry();
    if (queue == nullptr) return;
    const std::size_t queue_max = ready_of_queue_max(*queue);
    const std::size_t held = queue->ready() + queue->arriving;
    const bool is_low = queue->stored > 0 && queue->asked == 0 && held <= queue_max / 2;
    if (is_low) {
      note_appetite(*queue, queue_max);
      request(*queue, ready_of_queue_max(*queue) - held);
    } else {
      ready_.drop_if_empty(*queue);
    }
  }
}

void Run::request(KeyQueue& queue, std::size_t items) {
  queue.asked = static_cast<std::uint32_t>(items);
  asked_ += items;
  // Read again after a crash, items stand before those that the engine that died had put away.
  const std::optional<ItemId> first = std::exchange(queue.put_away_first, std::nullopt);
  if (first && queue.loaded_through && *first <= *queue.loaded_through) rewind(queue);
  seams_.ledger.request_pending(queue.step, queue.key, queue.loaded_through, items);
}

/// Something of this queue has left: it is asked for more, or forgotten.
void Run::look_after(KeyQueue& queue) {
  if (queue.stored > 0) ready_.note_hungry(queue);
  ready_.drop_if_empty(queue);
}

/// Ask for this queue from its beginning once more, but for what is in memory.
void Run::rewind(KeyQueue& queue) {
  queue.loaded_through.reset();
  const auto look = [&](const Item& item) {
    if (item.step() == queue.step) ahead_.insert(item.own.item);
  };
  ready_.visit(queue.step, look);
  unique_.visit(look);
  for (const auto& [due, item] : delayed_) look(*item);
  for (const auto& [call, flight] : in_flight_) {
    for (const ItemPtr& item : flight.items) look(*item);
  }
}

void Run::take_refills() {
  for (Refill& refill : seams_.ledger.take_refills()) {
    KeyQueue* queue = ready_.find(refill.step, refill.queue);
    if (queue == nullptr) continue;
    for (PendingItem& pending : refill.items) {
      queue->loaded_through = pending.item.item;
      if (ahead_.contains(pending.item.item)) continue;
      --queue->stored;
      --stored_;
      if (refill.step == StepIndex{0}) --stored_first_;
      auto item = std::make_unique<Item>();
      item->own = std::move(pending.item);
      item->context = std::move(pending.context);
      item->share = gate_.share_of(gate_.split(planned(refill.step), refill.queue));
      if (!stopping_) place(std::move(item), pending.answer);
    }
    asked_ -= std::exchange(queue->asked, 0);  // Only now: place() may look at this queue.
    look_after(*queue);
  }
  flush_put_away();
}

/// The latest item of this step that the ledger may have.
std::optional<ItemId> Run::last_enrolled(StepIndex step) const {
  const std::uint64_t next = step == StepIndex{0} ? state_.generation_start + feed_.position()
                                                  : next_sequence_[static_cast<std::size_t>(step)];
  return before(ItemId::of(step, next));
}

/// Back among those that wait, in front: it has waited before.
void Run::requeue(ItemPtr item) {
  auto keys = prepare(*item);
  if (!keys) return finish_failed(std::move(item), keys.error(), ItemStatus::failed);
  KeyQueue& queue = ready_.at(item->step(), item->own.queue, last_enrolled(item->step()));
  ready_.push_front(queue, std::move(item), now_);
}

}  // namespace penstock::engine
