// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Maps, and when an entry may be forgotten.
#include "ledger/memory_store.h"

#include <algorithm>

namespace penstock::ledger {
namespace {

std::uint8_t number(StepIndex step) { return static_cast<std::uint8_t>(step); }

// First-step items are found in the source again; those of this kind are not.
bool is_from_source(ItemId item) {
  return item.step() == StepIndex{0} && item.sequence() < ItemId::kEnrolledStart;
}

void note_known(LedgerState& state, ItemId item, const Fingerprint& content) {
  if (is_from_source(item)) {
    state.settled.add(item.sequence());
    state.settled_sum.add(item.sequence(), content);
    return;
  }
  std::uint64_t& next = state.next_sequence[number(item.step())];
  next = std::max(next, item.sequence() + 1);
}

}  // namespace

void MemoryStore::add(const Verdict& verdict) {
  const bool was_pending = take_pending(verdict.item);
  last_seq_ = static_cast<std::uint64_t>(verdict.seq);
  if (verdict.unique) {
    answers_[{verdict.item.step(), verdict.unique}] =
        StoredAnswer{verdict.seq, verdict.status, verdict.output, verdict.kind, verdict.error};
  }
  if (retention_ == Retention::all || !verdict.children.empty()) {
    keep_row(verdict, was_pending);
  } else if (was_pending) {
    release(verdict.parent);
  }
  for (const Enrolment& child : verdict.children) add(child);
}

void MemoryStore::keep_row(const Verdict& verdict, bool was_pending) {
  if (!was_pending) {
    const auto parent = rows_.find(static_cast<std::uint64_t>(verdict.parent));
    if (parent != rows_.end()) ++parent->second.needed_by;
  }
  Verdict& row = rows_[static_cast<std::uint64_t>(verdict.seq)].verdict = verdict;
  row.context = nullptr;
  row.children.clear();
}

void MemoryStore::add(const Enrolment& item) {
  if (!take_pending(item.item)) {
    const auto parent = rows_.find(static_cast<std::uint64_t>(item.parent));
    if (parent != rows_.end()) ++parent->second.needed_by;
  }
  const Queue queue{number(item.item.step()), item.queue};
  pending_[queue][item.item] = item;
  queue_of_[item.item] = queue;
}

bool MemoryStore::take_pending(ItemId item) {
  const auto found = queue_of_.find(item);
  if (found == queue_of_.end()) return false;
  const auto queue = pending_.find(found->second);
  queue->second.erase(item);
  if (queue->second.empty()) pending_.erase(queue);
  queue_of_.erase(found);
  return true;
}

/// One child less. What is above an unneeded row is needed less as well.
void MemoryStore::release(Seq parent) {
  auto row = rows_.find(static_cast<std::uint64_t>(parent));
  while (row != rows_.end() && --row->second.needed_by == 0 && retention_ == Retention::needed) {
    const auto above = static_cast<std::uint64_t>(row->second.verdict.parent);
    rows_.erase(row);
    row = rows_.find(above);
  }
}

LedgerState MemoryStore::state() const {
  LedgerState state;
  state.next_seq = last_seq_ + 1;
  state.notes = notes_;
  state.closed_cleanly = closed_cleanly;
  for (const auto& [seq, row] : rows_) {
    const Verdict& verdict = row.verdict;
    note_known(state, verdict.item, verdict.content);
    ++state.settled_counts[{number(verdict.item.step()), verdict.status}];
    state.leaves += verdict.leaf ? 1 : 0;
  }
  for (const auto& [queue, items] : pending_) {
    state.pending[queue] = items.size();
    for (const auto& [id, item] : items) note_known(state, id, item.content);
  }
  return state;
}

Refill MemoryStore::pending(const RefillRequest& request) const {
  Refill refill{.step = request.step, .queue = request.queue};
  const auto queue = pending_.find({number(request.step), request.queue});
  if (queue == pending_.end()) return refill;
  auto next = request.after ? queue->second.upper_bound(*request.after) : queue->second.begin();
  for (; next != queue->second.end() && refill.items.size() < request.items_max; ++next) {
    PendingItem item{.item = next->second};
    const auto answer = answers_.find({item.item.item.step(), item.item.unique});
    if (item.item.unique && answer != answers_.end()) item.answer = answer->second;
    refill.items.push_back(std::move(item));
  }
  refill.more = next != queue->second.end();
  return refill;
}

Status MemoryStore::render_after(std::uint64_t seq, Rendering& rendering) const {
  for (auto row = rows_.upper_bound(seq); row != rows_.end(); ++row) {
    if (row->second.verdict.leaf) PENSTOCK_CHECK(rendering.write(row->second.verdict));
  }
  rendering.reached(last_seq_);
  return ok();
}

Result<const MemoryStore::Row*> MemoryStore::find(Seq seq) const {
  const auto found = rows_.find(static_cast<std::uint64_t>(seq));
  if (found != rows_.end()) return &found->second;
  return Error{.code = Errc::corrupt,
               .message = "no verdict has seq " + std::to_string(static_cast<std::uint64_t>(seq)),
               .kind = "ledger.corrupt"};
}

Result<Lineage> MemoryStore::lineage(Seq seq) {
  PENSTOCK_TRY(row, find(seq));
  return Lineage{row->verdict.item, row->verdict.parent, row->verdict.key};
}

Result<Texts> MemoryStore::texts(Seq seq) {
  PENSTOCK_TRY(row, find(seq));
  return Texts{row->verdict.value, row->verdict.output};
}

}  // namespace penstock::ledger
