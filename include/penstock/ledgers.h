// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledgers there are: one file of SQLite, and one in memory. Both keep the contract of ledger.h;
// the same tests run over both.
#pragma once

#include <penstock/clock.h>
#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/sink.h>
#include <penstock/time.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace penstock {

/// The order in which sinks get their records.
enum class RecordOrder : std::uint8_t {
  settled,  ///< As items end.
  source,   ///< As items stand in the source, children behind their parent; costs two indexes.
};

struct LedgerOptions {
  /// In order; a parent's output is a member of this name in what its children see.
  std::vector<std::string> step_names;
  RecordOrder order = RecordOrder::settled;

  /// Larger outputs stand in segment files, which are written once; a row is written twice, by
  /// whole pages. Raise it if most outputs are read again with their row.
  std::size_t inline_bytes_max = std::size_t{1} << 10U;

  /// The longest that a verdict waits for others to be committed with.
  Duration commit_interval = std::chrono::milliseconds{10};

  /// Sinks are synced, and their cursors stored, at most this often; also at close.
  Duration sink_sync_interval = std::chrono::seconds{1};

  /// Called on the writer thread before anything of the source's items before `ordinal` is
  /// committed: Source::sync_before(). Empty: the source can be read again anyhow.
  std::function<Status(std::uint64_t ordinal)> sync_source;
};

/// Open the ledger in this folder, or make it; its writer thread renders into the sinks.
///
/// Guarantee: what is acknowledged as durable outlives kill -9 and power loss. A second engine is
/// refused as long as this one lives.
/// Errors: rejected "lock.held", "ledger.network" (a file system without sound locks),
/// "ledger.foreign" (a file that is not ours), "ledger.newer" (of a later Penstock), and what
/// Sink::open() refuses; corrupt; no_space; system.
/// Blocks: on the disk, at most some seconds for tens of millions of items. Threads: starts one.
Result<std::unique_ptr<Ledger>> open_sqlite_ledger(const std::filesystem::path& folder,
                                                   const LedgerOptions& options,
                                                   std::vector<std::unique_ptr<Sink>> sinks,
                                                   Waker& waker);

/// A ledger without a disk, for tests and for runs that need no resume. It starts no thread: what
/// is durable, and what is rendered, happens inside the calls.
///
/// Held, it commits only when told, so that a simulation decides what a crash loses.
class MemoryLedger : public Ledger {
 public:
  /// Calls from now on are queued and not committed.
  virtual void hold() = 0;

  /// Commit at most `calls` queued ones, in order. Held or not, it stays as it was.
  virtual void commit(std::size_t calls) = 0;

  /// Commit what is queued, and hold no more.
  virtual void release() = 0;

  /// A crash: a new ledger that knows what was durable in this one, which is of no use any more.
  /// REQUIRES: Retention::all.
  virtual std::unique_ptr<MemoryLedger> reopen(Waker& waker,
                                               std::vector<std::unique_ptr<Sink>> sinks) = 0;
};

enum class Retention : std::uint8_t {
  all,     ///< Everything, so that reopen() can give it back.
  needed,  ///< Only what pending items and `unique` steps may still ask for.
};

/// REQUIRES: options.order is RecordOrder::settled. An error of a sink shows in health().
std::unique_ptr<MemoryLedger> make_memory_ledger(LedgerOptions options, Retention retention,
                                                 std::vector<std::unique_ptr<Sink>> sinks,
                                                 Waker& waker);

}  // namespace penstock
