// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sources give items in a fixed order; the same source opened again gives the same order.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace penstock {

/// One item as its source has it.
struct SourceItem {
  std::string value;       ///< A JSON object, compact: {"term":"epoll"}.
  std::string key;         ///< The text of the key column; empty if the source has none.
  Fingerprint content;     ///< Of `value`.
  std::uint64_t line = 0;  ///< Where it stands in its file, from 1; 0 if that has no meaning.
  std::optional<Error>
      bad;  ///< Set when this item cannot be read (kind "input.*"): it fails alone.
};

enum class SourceState : std::uint8_t { items, waiting, end };

/// Passive and sequential.
///
/// Guarantee: read() never blocks the caller on anything slower than a local file; a pipe gives
/// `waiting` and wakes the engine (Event::source_ready) when there is more.
/// Threads: owner only. Memory: bounded by one item and one read buffer.
class Source {
 public:
  virtual ~Source() = default;

  /// Append at most `items_max` items to `out`. `end` only when no item will ever follow.
  /// Errors: invalid (the file is not what the job says: with file:line), system (cannot read).
  /// A single bad item is not an error but a SourceItem with `bad` set.
  virtual Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) = 0;

  /// How many items there are in all, where that is known without reading them.
  virtual std::optional<std::uint64_t> total() const = 0;

  /// Skip `count` items as fast as the format allows (ranges and queries need not build them).
  /// Those that are not there are skipped too: read() then says `end`. Blocks: as long as it takes.
  virtual Status skip(std::uint64_t count) = 0;

  /// Lines that were passed over and are no items (blank ones), so far.
  virtual std::uint64_t blank_lines() const { return 0; }

  /// What the items before `ordinal` were made of can be read again after a crash. To be called
  /// before a verdict of theirs commits; has work to do for pipes only.
  /// Errors: no_space, system (both stop the run). Threads: any. Blocks: on the disk.
  virtual Status sync_before([[maybe_unused]] std::uint64_t ordinal) { return ok(); }

  /// Every item before `ordinal` is settled, so that a pipe may be read on. Raises
  /// Event::source_ready if read() said `waiting` for want of this.
  virtual void settled_before([[maybe_unused]] std::uint64_t ordinal) {}

  /// After `end`: whether further items once followed and are lost (the rest of a pipe, after a
  /// crash). The run then ends with "input incomplete".
  virtual bool incomplete() const { return false; }
};

}  // namespace penstock
