// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a memory ledger has committed. It is the contract of ledger.h in its plainest form: maps.
#pragma once

#include <penstock/ledger.h>
#include <penstock/ledgers.h>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "ledger/ancestry.h"
#include "ledger/operation.h"
#include "ledger/rendering.h"

namespace penstock::ledger {

/// 1. A pending item is in exactly one queue; a settled one in none.
/// 2. With Retention::needed a row lives as long as something pending is below it.
///
/// Threads: one.
class MemoryStore final : public VerdictTexts {
 public:
  explicit MemoryStore(Retention retention) : retention_(retention) {}

  void add(const Verdict& verdict);
  void add(const Enrolment& item);
  void add(const Note& note) { notes_[note.name] = note.text; }

  /// What a reopened engine starts from.
  LedgerState state() const;

  /// Items with their stored answers; contexts are left null.
  Refill pending(const RefillRequest& request) const;

  Result<Lineage> lineage(Seq seq) override;
  Result<Texts> texts(Seq seq) override;

  /// Give all leaves behind `seq` to `rendering`, in order. REQUIRES: Retention::all.
  Status render_after(std::uint64_t seq, Rendering& rendering) const;
  std::uint64_t last_seq() const noexcept { return last_seq_; }

  SinkCursors cursors;
  bool closed_cleanly = true;

 private:
  using Queue = std::pair<std::uint8_t, std::string>;

  struct Row {
    Verdict verdict;
    std::size_t needed_by = 0;  // Pending items and kept rows whose parent it is.
  };

  bool take_pending(ItemId item);
  void keep_row(const Verdict& verdict, bool was_pending);
  void release(Seq parent);
  Result<const Row*> find(Seq seq) const;

  Retention retention_;
  std::uint64_t last_seq_ = 0;
  std::map<std::uint64_t, Row> rows_;
  std::map<Queue, std::map<ItemId, Enrolment>> pending_;
  std::unordered_map<ItemId, Queue> queue_of_;
  std::map<std::pair<StepIndex, Fingerprint>, StoredAnswer> answers_;
  std::map<std::string, std::string> notes_;
};

}  // namespace penstock::ledger
