// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every enrolled item is either pending or has a verdict that stands, so a look at both below one
// parent tells whether to go on, to wait, or to go up.
#include "ledger/source_order.h"

#include <algorithm>
#include <utility>

#include "ledger/schema.h"

namespace penstock::ledger {
namespace {

constexpr std::string_view kByItem =
    "SELECT seq, item, leaf FROM verdict INDEXED BY verdict_item "
    "WHERE item = ? AND parent IS NULL AND redone = 0 ORDER BY seq DESC LIMIT 1";
constexpr std::string_view kBelow =
    "SELECT seq, item, leaf FROM verdict INDEXED BY verdict_parent "
    "WHERE parent = ? AND item >= ? AND item < ? AND parent IS NOT NULL AND redone = 0 "
    "ORDER BY item LIMIT 1";
constexpr std::string_view kPendingBelow =
    "SELECT min(item) FROM pending INDEXED BY pending_parent "
    "WHERE parent = ? AND item >= ? AND item < ? AND parent IS NOT NULL";

StepIndex after(StepIndex step) {
  return StepIndex{static_cast<std::uint8_t>(static_cast<unsigned>(step) + 1)};
}

std::uint64_t first_number(unsigned step) { return std::uint64_t{step} << ItemId::kSequenceBits; }

}  // namespace

Status SourceOrder::create_indexes(Database& database) {
  for (const SchemaObject& object : optional_objects()) {
    PENSTOCK_TRY(count, database.query_integer("SELECT count(*) FROM sqlite_schema WHERE name = '" +
                                               std::string(object.name) + "'"));
    if (count == 0) PENSTOCK_CHECK(database.execute(std::string(object.sql).c_str()));
  }
  return ok();
}

Result<SourceOrder> SourceOrder::open(Database& database, const Standing& standing) {
  Statements statements;
  const std::pair<Statement*, std::string_view> all[] = {
      {&statements.by_item, kByItem},
      {&statements.below, kBelow},
      {&statements.pending_below, kPendingBelow},
      {&statements.carried, "SELECT item FROM carried JOIN verdict USING(seq) WHERE ordinal = ?"},
      {&statements.carried_from,
       "SELECT ordinal FROM carried JOIN verdict USING(seq) WHERE item = ?"},
      {&statements.kin, "SELECT item, parent FROM verdict WHERE seq = ?"},
  };
  for (const auto& [statement, sql] : all) {
    PENSTOCK_TRY(prepared, database.prepare(sql));
    *statement = std::move(prepared);
  }
  PENSTOCK_TRY(carried, database.query_integer("SELECT EXISTS(SELECT 1 FROM carried)"));
  return SourceOrder(std::move(statements), standing, carried != 0);
}

Result<SourceWalk> SourceOrder::behind(Seq leaf) {
  SourceWalk walk;
  std::optional<ItemId> below;
  for (Seq seq = leaf; seq != Seq{};) {
    Statement& row = statements_.kin;
    PENSTOCK_TRY(found, row.bind(1, static_cast<std::uint64_t>(seq)).step());
    const Found here{.seq = seq, .item = ItemId{row.number(0)}};
    const Seq parent{row.number(1)};
    row.reset();
    if (!found) return SourceWalk();  // Only a damaged cursor leads here: render from the start.
    if (!below) {
      walk.frames_.push_back(pages_behind(here));
    } else {
      walk.frames_.push_back({.parent = seq,
                              .step = below->step(),
                              .of_parent = here.item.step(),
                              .next_item = below->value + 1});
    }
    below = here.item;
    seq = parent;
    if (parent != Seq{}) continue;
    PENSTOCK_TRY(ordinal, ordinal_of(here));
    if (!ordinal) return SourceWalk();
    walk.ordinal_ = *ordinal + 1;
  }
  std::reverse(walk.frames_.begin(), walk.frames_.end());
  return walk;
}

Result<std::optional<std::uint64_t>> SourceOrder::ordinal_of(Found root) {
  if (root.item.sequence() >= standing_->generation_start()) {
    return std::optional<std::uint64_t>(root.item.sequence() - standing_->generation_start());
  }
  Statement& row = statements_.carried_from;
  PENSTOCK_TRY(found, row.bind(1, root.item.value).step());
  const std::uint64_t ordinal = row.number(0);
  row.reset();
  return found ? std::optional<std::uint64_t>(ordinal) : std::nullopt;
}

Result<std::optional<Seq>> SourceOrder::next(SourceWalk& walk) {
  for (;;) {
    std::optional<Found> found;
    if (walk.frames_.empty()) {
      PENSTOCK_TRY(root, at_ordinal(walk.ordinal_));
      if (!root) return std::optional<Seq>();
      found = root;
      ++walk.ordinal_;
    } else {
      PENSTOCK_TRY(look, look_below(walk));
      if (look.is_waiting) return std::optional<Seq>();
      found = look.found;
    }
    if (!found) continue;
    if (!found->leaf) {
      walk.frames_.push_back(frame_below(*found));
      continue;
    }
    if (may_have_page(*found)) walk.frames_.push_back(pages_behind(*found));
    return std::optional<Seq>(found->seq);
  }
}

SourceWalk::Frame SourceOrder::frame_below(const Found& parent) {
  const StepIndex children = after(parent.item.step());
  return {.parent = parent.seq,
          .step = children,
          .of_parent = parent.item.step(),
          .next_item = ItemId::of(children, 0).value};
}

/// A result has no children, but the page that follows it may be below it.
SourceWalk::Frame SourceOrder::pages_behind(const Found& leaf) {
  const StepIndex step = leaf.item.step();
  return {
      .parent = leaf.seq, .step = step, .of_parent = step, .next_item = ItemId::of(step, 0).value};
}

/// Its page came with it: as long as the first step has given out no number, it has no pages.
bool SourceOrder::may_have_page(const Found& leaf) const noexcept {
  return leaf.item.step() != StepIndex{0} || standing_->next_sequence(StepIndex{0}) > 0;
}

/// One look below the innermost parent. Nothing: that level is done, and the walk has gone on.
Result<SourceOrder::Look> SourceOrder::look_below(SourceWalk& walk) {
  SourceWalk::Frame& frame = walk.frames_.back();
  const std::uint64_t end = first_number(static_cast<unsigned>(frame.step) + 1);
  const auto parent = static_cast<std::uint64_t>(frame.parent);

  Statement& row = statements_.below;
  PENSTOCK_TRY(settled, row.bind(1, parent).bind(2, frame.next_item).bind(3, end).step());
  const Found found{Seq{row.number(0)}, ItemId{row.number(1)}, row.integer(2) != 0};
  row.reset();

  Statement& waiting = statements_.pending_below;
  PENSTOCK_TRY(any, waiting.bind(1, parent).bind(2, frame.next_item).bind(3, end).step());
  const bool is_pending = any && !waiting.is_null(0);
  const std::uint64_t pending_item = waiting.number(0);
  waiting.reset();

  if (is_pending && (!settled || pending_item < found.item.value)) return Look{.is_waiting = true};
  if (settled) {
    frame.next_item = found.item.value + 1;
    return Look{.found = found};
  }
  if (frame.step == frame.of_parent) {
    walk.frames_.pop_back();
  } else {
    frame.step = frame.of_parent;
    frame.next_item = ItemId::of(frame.step, 0).value;
  }
  return Look();
}

Result<std::optional<SourceOrder::Found>> SourceOrder::at_ordinal(std::uint64_t ordinal) {
  PENSTOCK_TRY(fresh, standing(ItemId::of(StepIndex{0}, standing_->generation_start() + ordinal)));
  if (fresh || !has_carried_) return fresh;
  Statement& row = statements_.carried;
  PENSTOCK_TRY(found, row.bind(1, ordinal).step());
  const ItemId item{row.number(0)};
  row.reset();
  if (!found) return std::optional<Found>();
  return standing(item);
}

Result<std::optional<SourceOrder::Found>> SourceOrder::standing(ItemId item) {
  Statement& row = statements_.by_item;
  PENSTOCK_TRY(found, row.bind(1, item.value).step());
  const Found verdict{Seq{row.number(0)}, ItemId{row.number(1)}, row.integer(2) != 0};
  row.reset();
  return found ? std::optional<Found>(verdict) : std::nullopt;
}

}  // namespace penstock::ledger
