// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Walks verdicts in the order of the source: items as they stand there, children behind their
// parent, following pages behind those. It stops before the first that is not settled yet.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ledger/sqlite.h"
#include "ledger/standing.h"

namespace penstock::ledger {

/// A place in the order of the source: behind what was last given.
/// Memory: as deep as the job has steps, and a chain of pages has pages.
class SourceWalk {
 public:
  std::uint64_t ordinal() const noexcept { return ordinal_; }

  /// Nothing below an earlier ordinal is still to come.
  bool is_between_items() const noexcept { return frames_.empty(); }

 private:
  friend class SourceOrder;

  struct Frame {
    Seq parent{};
    StepIndex step{};  // Of what comes next below this parent: children, then the page.
    StepIndex of_parent{};
    std::uint64_t next_item = 0;
  };

  std::uint64_t ordinal_ = 0;
  std::vector<Frame> frames_;  // From the root down.
};

/// Errors of all members: corrupt, system. Threads: that of the connection.
class SourceOrder {
 public:
  /// Make the indexes where they are missing. REQUIRES: a connection that may write.
  static Status create_indexes(Database& database);

  /// Both are borrowed; `standing` is kept up to date. REQUIRES: the indexes are there.
  static Result<SourceOrder> open(Database& database, const Standing& standing);

  /// The walk that has just given this leaf; from the beginning for none.
  Result<SourceWalk> behind(Seq leaf);

  /// The next leaf; nothing if what comes next is not settled yet.
  Result<std::optional<Seq>> next(SourceWalk& walk);

 private:
  struct Found {
    Seq seq{};
    ItemId item;
    bool leaf = false;
  };
  struct Statements {
    Statement by_item, below, pending_below, carried, carried_from, kin;
  };

  SourceOrder(Statements statements, const Standing& standing, bool has_carried)
      : statements_(std::move(statements)), standing_(&standing), has_carried_(has_carried) {}

  Result<std::optional<Found>> at_ordinal(std::uint64_t ordinal);
  Result<std::optional<Found>> standing(ItemId item);
  Result<std::optional<std::uint64_t>> ordinal_of(Found root);
  struct Look {
    std::optional<Found> found;
    bool is_waiting = false;
  };
  Result<Look> look_below(SourceWalk& walk);
  static SourceWalk::Frame frame_below(const Found& parent);
  static SourceWalk::Frame pages_behind(const Found& leaf);
  bool may_have_page(const Found& leaf) const noexcept;

  Statements statements_;
  const Standing* standing_;
  bool has_carried_;
};

}  // namespace penstock::ledger
