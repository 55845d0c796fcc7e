// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The half of a Writer that renders: in the order of settlement, mostly straight from what was just
// committed; in the order of the source, from the tables.
#include <algorithm>

#include "ledger/resume.h"
#include "ledger/writer.h"

namespace penstock::ledger {
namespace {

constexpr std::size_t kCatchUpRows = 4'096;

/// Changes whenever records would come in another order.
std::int64_t order_fact(RecordOrder order, const Standing& standing) {
  return order == RecordOrder::settled ? 0
                                       : static_cast<std::int64_t>(standing.generation_start()) + 1;
}

}  // namespace

Status Writer::open_sinks() {
  PENSTOCK_TRY(cursors, read_cursors(*database_));
  PENSTOCK_CHECK(forget_other_order(cursors));
  PENSTOCK_TRY(fresh, rendering_.open(cursors));
  for (const std::string& name : rendering_.anew()) {
    PENSTOCK_CHECK(check_can_be_written_anew(*database_, name));
  }
  PENSTOCK_CHECK(tables_.begin());
  PENSTOCK_CHECK(tables_.put_fact("clean", 0));
  PENSTOCK_CHECK(tables_.put_fact("order", order_fact(options_.order, standing_)));
  PENSTOCK_CHECK(tables_.put_step_names(options_.step_names));
  for (const auto& [name, cursor] : fresh) PENSTOCK_CHECK(tables_.put_cursor(name, cursor));
  PENSTOCK_CHECK(tables_.commit());
  return options_.order == RecordOrder::source ? open_order() : ok();
}

/// Files that were written in another order, or in that of another source, are written anew.
Status Writer::forget_other_order(SinkCursors& cursors) {
  PENSTOCK_TRY(before, read_fact(*database_, "order"));
  if (before == order_fact(options_.order, standing_)) return ok();
  for (auto& [name, cursor] : cursors) {
    if (cursor.seq > 0) cursor.length_bytes = SinkCursor::kRewrite;
  }
  return ok();
}

Status Writer::open_order() {
  PENSTOCK_CHECK(SourceOrder::create_indexes(*database_));
  PENSTOCK_TRY(order, SourceOrder::open(*database_, standing_));
  order_ = std::move(order);
  for (std::size_t sink = 0; sink < rendering_.size(); ++sink) {
    PENSTOCK_TRY(walk, order_->behind(rendering_.position(sink)));
    walks_.push_back(std::move(walk));
  }
  return ok();
}

bool Writer::is_behind() const noexcept {
  if (order_) return !walks_end_ && !rendering_.empty();
  return !rendering_.empty() && rendering_.position() < standing_.last_seq();
}

Status Writer::render(const std::vector<Operation>& operations) {
  if (rendering_.empty()) return ok();
  if (order_) return walk_on();
  for (const Operation& operation : operations) {
    const auto* const verdicts = std::get_if<std::vector<Verdict>>(&operation);
    if (verdicts == nullptr || verdicts->empty()) continue;
    const auto before = static_cast<std::uint64_t>(verdicts->front().seq) - 1;
    if (rendering_.position() < before) return catch_up();
    for (const Verdict& verdict : *verdicts) {
      if (verdict.leaf) PENSTOCK_CHECK(rendering_.write(verdict));
    }
    rendering_.reached(static_cast<std::uint64_t>(verdicts->back().seq));
  }
  return rendering_.flush();
}

Status Writer::catch_up() {
  if (order_) return walk_on();
  const Seq last{standing_.last_seq()};
  PENSTOCK_TRY(reached, rows_.leaves(Seq{rendering_.position()}, last, kCatchUpRows,
                                     [this](const Verdict& row) { return rendering_.write(row); }));
  rendering_.reached(static_cast<std::uint64_t>(reached));
  return rendering_.flush();
}

Status Writer::walk_on() {
  walks_end_ = true;
  for (std::size_t sink = 0; sink < walks_.size(); ++sink) {
    for (std::size_t rows = 0;; ++rows) {
      if (rows == kCatchUpRows) {
        walks_end_ = false;
        break;
      }
      PENSTOCK_TRY(leaf, order_->next(walks_[sink]));
      if (!leaf) break;
      PENSTOCK_TRY(row, rows_.find(*leaf));
      PENSTOCK_CHECK(rendering_.write(row, sink));
    }
  }
  return rendering_.flush();
}

/// Every leaf up to here is in every sink's file, if they are synced now.
std::uint64_t Writer::rendered_through() const noexcept {
  if (!order_) return std::min(rendering_.position(), standing_.last_seq());
  // In the source's order nothing is said about seqs until everything that is settled was walked.
  const bool is_all = std::all_of(walks_.begin(), walks_.end(), [this](const SourceWalk& walk) {
    return walk.is_between_items() && walk.ordinal() == standing_.settled().size();
  });
  return is_all ? standing_.last_seq() : 0;
}

Status Writer::sync_sinks() {
  const std::uint64_t complete_from = !order_ ? standing_.last_seq() : walks_end_ ? 0 : UINT64_MAX;
  PENSTOCK_TRY(moved, rendering_.sync(complete_from));
  const std::vector<std::uint64_t> unneeded = rendering_.is_dirty()
                                                  ? std::vector<std::uint64_t>()
                                                  : segments_.take_rendered(rendered_through());
  if (moved.empty() && unneeded.empty()) return ok();
  PENSTOCK_CHECK(tables_.begin());
  for (const auto& [name, cursor] : moved) PENSTOCK_CHECK(tables_.put_cursor(name, cursor));
  for (const std::uint64_t number : unneeded) PENSTOCK_CHECK(tables_.drop_segment(number));
  PENSTOCK_CHECK(tables_.commit());
  for (const std::uint64_t number : unneeded) PENSTOCK_CHECK(segments_.remove(number));
  return ok();
}

}  // namespace penstock::ledger
