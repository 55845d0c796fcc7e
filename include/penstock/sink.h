// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sinks render durable records into files that users keep. The ledger is the truth; a sink can
// always be rebuilt from it.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// One leaf of the run: an item of the last step, or one that ended before it.
struct Record {
  Seq seq{};
  std::string_view step;   ///< Name of the step in which the item ended.
  std::string key;         ///< "17", "17/3", or the key column's text.
  std::string parent_key;  ///< Empty for items of the first step.
  ItemStatus status = ItemStatus::ok;
  std::string kind;   ///< Error kind, e.g. "http.404"; empty when all is well.
  std::string error;  ///< One line for people; empty when all is well.
  std::uint32_t attempts = 0;
  std::string_view value;   ///< JSON object: the item's own fields, and `parent` (see value.h).
  std::string_view output;  ///< JSON text: what the step gave; empty when it failed.
};

/// How far a sink's file stands for the ledger's records.
struct SinkCursor {
  /// As a length: longer than any file. Rows in it have changed since, so it is written anew.
  static constexpr std::uint64_t kRewrite = UINT64_MAX;

  std::uint64_t seq = 0;           ///< Every record up to here is in the file.
  std::uint64_t length_bytes = 0;  ///< Of the file, when it was synced.
  std::uint64_t inode = 0;         ///< 0: this run has no file yet; what stands there is foreign.
};

/// Renders records in the order in which they are given. All calls come from the ledger's writer
/// thread, so a sink may block on its own disk.
///
/// Calls: open (write* flush* sync)* close
///
/// After an open at seq 0 the ledger calls sync() and stores its cursor before the first write():
/// from then on the file is known as this run's. After an open that gave false, the first sync()
/// comes when all records are written again: it puts the new file in the old one's place. Closing
/// without sync() loses what was not synced, as a crash would. After an error a sink is only
/// closed.
class Sink {
 public:
  virtual ~Sink() = default;

  virtual std::string_view name() const = 0;  ///< Unique in a job: "jsonl:pages.jsonl".

  /// Make the file stand exactly at `cursor`: cut what is beyond it, or start anew for seq 0.
  /// True if the file now holds every record up to cursor.seq; false if it must be rendered from
  /// the first record again (it was missing or shorter; the sink then writes aside and renames at
  /// the first sync). Errors: rejected (a foreign file stands there), system, no_space.
  virtual Result<bool> open(const SinkCursor& cursor) = 0;

  virtual Status write(const Record& record) = 0;

  /// Everything written is on disk; where the file stands now (`seq` is the last written).
  virtual Result<SinkCursor> sync() = 0;

  /// Hand what was written to the operating system, so that readers see it; no durability.
  virtual Status flush() = 0;
};

}  // namespace penstock
