// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One owner of a run's ledger.db, its segments and its sinks. It knows no thread and no clock: what
// the writer thread does, in pieces that a test can take one by one.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/ledgers.h>
#include <penstock/sink.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "ledger/ancestry.h"
#include "ledger/file_guard.h"
#include "ledger/operation.h"
#include "ledger/rendering.h"
#include "ledger/segments.h"
#include "ledger/source_order.h"
#include "ledger/sqlite.h"
#include "ledger/standing.h"
#include "ledger/tables.h"
#include "ledger/verdict_rows.h"
#include "os/file_lock.h"

namespace penstock::ledger {

/// Calls: (commit (render | catch_up) answer | sync_sinks | guard | catch_up)* close
///
/// After an error nothing more may be called: the state on disk is what the last successful
/// commit() left, and only a new open() may go on from there.
/// Errors of all members: no_space, corrupt, system; open() also rejected.
/// Threads: one at a time. Blocks: on the disk.
class Writer {
 public:
  static Result<std::unique_ptr<Writer>> open(const std::filesystem::path& folder,
                                              LedgerOptions options,
                                              std::vector<std::unique_ptr<Sink>> sinks);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  LedgerState take_state() { return std::move(state_); }

  /// One transaction with all of this but requests; on disk when it returns.
  Status commit(const std::vector<Operation>& operations);

  /// Show the leaves of a commit to the sinks, unless they have to catch up first.
  Status render(const std::vector<Operation>& operations);

  /// Show the next leaves that are committed and that a sink has not seen yet.
  Status catch_up();
  bool is_behind() const noexcept;

  /// The answers to the requests among these.
  Result<std::vector<Refill>> answer(const std::vector<Operation>& operations);

  /// Sync the sinks and store how far they are; remove segments that nobody needs any more.
  Status sync_sinks();
  bool wants_sync() const noexcept { return rendering_.is_dirty() || segments_.has_passing(); }

  /// The files are still those that were opened.
  Status guard() { return guard_.check(); }

  /// Everything in the sinks, everything in one file, and marked as closed.
  Status close();

 private:
  Writer(std::filesystem::path folder, LedgerOptions options, os::FileLock lock,
         std::unique_ptr<Database> database, Tables tables, VerdictRows rows, Standing standing,
         SegmentWriter segments, std::vector<std::unique_ptr<Sink>> sinks);

  Status begin_life();
  Status sync_source(const std::vector<Operation>& operations);
  Status open_sinks();
  Status forget_other_order(SinkCursors& cursors);
  Status open_order();
  Status walk_on();
  std::uint64_t rendered_through() const noexcept;
  Status add(const std::vector<Verdict>& verdicts);
  Status add(const std::vector<Enrolment>& items);
  Status add(const Note& note);
  Status add(const RefillRequest&) { return ok(); }
  Result<Place> place_output(const Verdict& verdict);
  Status store_segments();
  Status store_summary_if_due();
  Status checkpoint_if_due();
  Status checkpoint(int mode);
  Result<PendingItem> complete(Tables::Pending pending);

  // Constant after construction.
  std::filesystem::path folder_;
  LedgerOptions options_;
  os::FileLock lock_;  // Released last.

  // Destroyed before the connection that they belong to.
  std::unique_ptr<Database> database_;
  Tables tables_;
  VerdictRows rows_;

  Ancestry ancestry_;
  Rendering rendering_;
  SegmentWriter segments_;
  FileGuard guard_;
  Standing standing_;
  LedgerState state_;
  std::optional<SourceOrder> order_;  // Only if records come in the order of the source.
  std::vector<SourceWalk> walks_;     // One for each sink.
  bool walks_end_ = false;            // All of them stand before what is not settled yet.
  std::uint64_t summary_seq_ = 0;     // Of the summary in the file.
  std::uint64_t summary_bytes_ = 0;   // Appended since.
  int wal_frames_ = 0;
};

}  // namespace penstock::ledger
