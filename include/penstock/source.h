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
  virtual Status skip(std::uint64_t count) = 0;
};

}  // namespace penstock
