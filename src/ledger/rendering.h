// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The sinks of a run, and how far each of them stands. It renders what it is given, and never asks
// whether that is durable.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/sink.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/ancestry.h"

namespace penstock::ledger {

using SinkCursors = std::map<std::string, SinkCursor, std::less<>>;

/// Calls: open (write* reached flush? sync?)*
///
/// Sinks may stand at different places: one whose file was lost begins anew while the others only
/// wait. Whoever stands further than a record does not get it a second time.
/// Threads: one.
class Rendering {
 public:
  /// `ancestry` is borrowed.
  Rendering(std::vector<std::unique_ptr<Sink>> sinks, std::vector<std::string> step_names,
            Ancestry& ancestry);

  /// Open every sink at its cursor. What is new here is synced at once: the cursors that are given
  /// back are to be stored before the first write(). Errors: Sink::open() and Sink::sync().
  Result<SinkCursors> open(const SinkCursors& cursors);

  /// The sinks that begin at the first record.
  std::vector<std::string> anew() const;

  /// Every record up to here is in every sink.
  std::uint64_t position() const noexcept;

  /// Render a leaf into all sinks that stand before it. A null context is looked up.
  Status write(const Verdict& row);

  /// All leaves up to `seq` were given to write().
  void reached(std::uint64_t seq) noexcept;

  /// The same one by one, in an order that is not that of seqs: a sink stands behind the record
  /// that it was given last.
  std::size_t size() const noexcept { return places_.size(); }
  Seq position(std::size_t sink) const noexcept { return Seq{places_[sink].position}; }
  Status write(const Verdict& row, std::size_t sink);

  Status flush();

  /// Whether a sync() would move a cursor.
  bool is_dirty() const noexcept;

  /// Sync all sinks that have moved; their cursors, to be stored. One that is written anew keeps
  /// its old file until it has come to `complete_from`.
  Result<SinkCursors> sync(std::uint64_t complete_from);

  bool empty() const noexcept { return places_.empty(); }

 private:
  struct Place {
    std::unique_ptr<Sink> sink;
    std::uint64_t position = 0;
    std::uint64_t synced = 0;
    bool anew = false;  // Written aside until the first sync.
  };

  std::vector<Place> places_;
  std::vector<std::string> step_names_;
  Ancestry& ancestry_;
};

}  // namespace penstock::ledger
