// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reads a source past what earlier engines have settled. It decides nothing but what to leave out.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/source.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock::engine {

/// Threads: owner only. Memory: one batch of items, and the gaps of `settled`.
class SourceFeed {
 public:
  /// A source item with the place it stands in.
  struct Fresh {
    std::uint64_t ordinal = 0;
    SourceItem item;
  };

  /// `items_max`: only the first so many of the source; 0: all. Both are borrowed.
  SourceFeed(Source& source, const IntervalSet& settled, std::uint64_t items_max);

  /// Up to `items_max` items that are not settled. Fewer, also none, if the source waits or ends.
  /// Errors: as Source::read(), once what was read before it has been given out; then it has ended.
  Result<std::vector<Fresh>> read(std::size_t items_max);

  bool ended() const noexcept { return ended_; }

  /// The ordinal that is read next.
  std::uint64_t position() const noexcept { return next_; }

  /// Nothing to read until Event::source_ready.
  bool waiting() const noexcept { return waiting_; }
  void source_ready() noexcept { waiting_ = false; }

  /// How many items there are, when that is known.
  std::optional<std::uint64_t> total() const;

 private:
  Status pass_settled();
  Error failed();

  Source& source_;
  const IntervalSet& settled_;
  std::uint64_t end_;
  std::uint64_t next_ = 0;
  bool ended_ = false;
  bool waiting_ = false;
  std::optional<Error> failure_;
  std::vector<SourceItem> buffer_;
};

}  // namespace penstock::engine
