// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Scans in the order of the rows, of narrow columns only.
#include "ledger/resume.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "ledger/verdict_rows.h"

namespace penstock::ledger {
namespace {

using Visit = std::function<Status(const Statement&)>;

/// Give every row of a query to `visit`.
Status for_each(Database& database, std::string_view sql, const Visit& visit) {
  PENSTOCK_TRY(row, database.prepare(sql));
  for (;;) {
    PENSTOCK_TRY(found, row.step());
    if (!found) return ok();
    PENSTOCK_CHECK(visit(row));
  }
}

Error damaged(std::uint64_t seq, std::string_view what) {
  return Error{.code = Errc::corrupt,
               .message = fmt::format("verdict {} {}", seq, what),
               .kind = "ledger.corrupt"};
}

Status add_row(const Statement& row, Standing& standing) {
  const std::uint64_t seq = row.number(0);
  if (seq != standing.last_seq() + 1) return damaged(seq, "does not follow its predecessor");
  if (row.integer(4) != 0) {
    standing.pass(Seq{seq});
    return ok();
  }
  const ItemId item{row.number(1)};
  const std::uint64_t status = row.number(2);
  if (status < 1 || status > 5) return damaged(seq, fmt::format("has status {}", status));
  standing.settle(Seq{seq}, item, static_cast<ItemStatus>(status), row.integer(3) != 0,
                  stored_content(row, item, 5, 6));
  return ok();
}

Result<std::optional<Standing>> read_summary(Database& database, std::uint64_t generation) {
  PENSTOCK_TRY(row, database.prepare("SELECT seq, state FROM summary WHERE id = 1"));
  PENSTOCK_TRY(found, row.step());
  if (!found) return std::optional<Standing>();
  return Standing::decode(row.text(1), row.number(0), generation);
}

Status add_carried(Database& database, Standing& standing) {
  return for_each(database,
                  "SELECT ordinal, item, content, value FROM carried JOIN verdict USING(seq) "
                  "ORDER BY ordinal",
                  [&](const Statement& row) {
                    const ItemId item{row.number(1)};
                    standing.carry(row.number(0), stored_content(row, item, 2, 3));
                    return ok();
                  });
}

/// First-step items that were put away, and the highest number of every step.
Status know_pending(Database& database, Standing& standing) {
  PENSTOCK_CHECK(for_each(database,
                          "SELECT item, content, value FROM pending WHERE item < " +
                              std::to_string(ItemId::kEnrolledStart),
                          [&](const Statement& row) {
                            const ItemId item{row.number(0)};
                            standing.know(item, stored_content(row, item, 1, 2));
                            return ok();
                          }));
  PENSTOCK_TRY(row, database.prepare("SELECT max(item) FROM pending WHERE item < ?"));
  std::uint64_t below = INT64_MAX;
  for (;;) {
    PENSTOCK_TRY(found, row.bind(1, below).step());
    const ItemId last{row.number(0)};
    if (!found || row.is_null(0) || is_from_source(last)) return ok();
    standing.know(last, {});
    below = ItemId::of(last.step(), 0).value;
    row.reset();
  }
}

}  // namespace

Result<std::int64_t> read_fact(Database& database, std::string_view name) {
  PENSTOCK_TRY(row, database.prepare("SELECT value FROM run WHERE name = ?"));
  PENSTOCK_TRY(found, row.bind_text(1, name).step());
  return found ? row.integer(0) : 0;
}

Result<Standing> read_standing(Database& database, Trust trust) {
  PENSTOCK_TRY(generation, read_fact(database, "generation"));
  Standing standing(static_cast<std::uint64_t>(generation));
  std::optional<Standing> summary;
  if (trust == Trust::summary) {
    PENSTOCK_TRY(stored, read_summary(database, standing.generation_start()));
    summary = std::move(stored);
  }
  if (summary) {
    standing = std::move(*summary);
  } else {
    PENSTOCK_CHECK(add_carried(database, standing));
  }
  PENSTOCK_CHECK(for_each(database,
                          "SELECT seq, item, status, leaf, redone, content, value FROM verdict "
                          "WHERE seq > " +
                              std::to_string(standing.last_seq()) + " ORDER BY seq",
                          [&](const Statement& row) { return add_row(row, standing); }));
  PENSTOCK_CHECK(know_pending(database, standing));
  return standing;
}

Result<LedgerState> read_state(Database& database, const Standing& standing) {
  LedgerState state;
  standing.describe(state);
  PENSTOCK_CHECK(for_each(database, "SELECT item >> 48, queue, count(*) FROM pending GROUP BY 1, 2",
                          [&](const Statement& row) {
                            const auto step = static_cast<std::uint8_t>(row.number(0));
                            state.pending[{step, std::string(row.text(1))}] = row.number(2);
                            return ok();
                          }));
  PENSTOCK_CHECK(for_each(database, "SELECT name, text FROM note", [&](const Statement& row) {
    state.notes[std::string(row.text(0))] = row.text(1);
    return ok();
  }));
  return state;
}

Status store_summary(Database& database, const Standing& standing) {
  const std::string state = standing.encode();
  PENSTOCK_TRY(put, database.prepare("INSERT OR REPLACE INTO summary(id, seq, state) "
                                     "VALUES(1, ?, ?)"));
  return put.bind(1, standing.last_seq()).bind_blob(2, state).run();
}

Result<SinkCursors> read_cursors(Database& database) {
  SinkCursors cursors;
  PENSTOCK_CHECK(
      for_each(database, "SELECT name, seq, length, inode FROM sink", [&](const Statement& row) {
        const SinkCursor cursor{
            .seq = row.number(1), .length_bytes = row.number(2), .inode = row.number(3)};
        cursors.emplace(row.text(0), cursor);
        return ok();
      }));
  return cursors;
}

Result<std::vector<SegmentState>> read_segments(Database& database) {
  std::vector<SegmentState> segments;
  PENSTOCK_CHECK(for_each(
      database, "SELECT number, length, last_seq, kept FROM segment ORDER BY number",
      [&](const Statement& row) {
        segments.push_back({.number = row.number(0),
                            .length_bytes = row.number(1),
                            .last_seq = row.number(2),
                            .keep = row.integer(3) != 0 ? Keep::always : Keep::until_rendered});
        return ok();
      }));
  return segments;
}

Status check_can_be_written_anew(Database& database, std::string_view sink) {
  if (sink.starts_with("files:")) return ok();
  PENSTOCK_TRY(gone, database.query_integer(
                         "SELECT count(*) FROM verdict WHERE redone = 0 AND leaf = 1 AND "
                         "place IS NOT NULL AND place >> 32 NOT IN (SELECT number FROM segment)"));
  if (gone == 0) return ok();
  return Error{
      .code = Errc::rejected,
      .message = fmt::format("write {} anew: {} of the answers in it were not kept (keep = "
                             "\"none\") and would be lost; leave it as it is, or start "
                             "over with --fresh",
                             sink, gone),
      .kind = "output.not_kept"};
}

}  // namespace penstock::ledger
