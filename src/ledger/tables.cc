// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The hot path is add(): one insert for a first-step item, one insert and one delete for others.
#include "ledger/tables.h"

#include "core/fingerprint.h"
#include "ledger/verdict_rows.h"

namespace penstock::ledger {
namespace {

// Up to here a fingerprint is computed again rather than stored: 16 bytes an item.
constexpr std::size_t kValueHashedAgainMax = 256;

// Of an item that failed, the row keeps where it was to go: it may be tried again.
constexpr std::string_view kHopOfPending = "(SELECT hop FROM pending WHERE pending.item = ?2)";

std::string add_verdict(std::string_view hop) {
  return "INSERT INTO verdict(seq, item, parent, idx, status, leaf, redone, attempts, started, "
         "elapsed, bytes, origin, place, content, kind, error, hop, key, value, output) "
         "VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, " +
         std::string(hop) + ", ?16, ?17, ?18)";
}

bool has_failed(const Verdict& verdict) {
  return verdict.status == ItemStatus::failed || verdict.status == ItemStatus::poisoned;
}

constexpr std::string_view kPending =
    "SELECT item, parent, idx, attempts, content, unique_value, key, hop, value, "
    "(SELECT seq FROM answer WHERE answer.step = ?5 AND "
    "answer.unique_value = pending.unique_value) "
    "FROM pending INDEXED BY pending_queue "
    "WHERE queue = ?1 AND item >= ?2 AND item < ?3 ORDER BY item LIMIT ?4";

/// Whether it cannot be told from the value, or not cheaply.
bool has_own_content(const Fingerprint& content, std::string_view value) {
  return value.size() > kValueHashedAgainMax || content != fingerprint(value);
}

std::string_view bytes_of(const Fingerprint& fingerprint) {
  return {reinterpret_cast<const char*>(fingerprint.words.data()), sizeof fingerprint.words};
}

void bind_content(Statement& row, int place, ItemId item, const Fingerprint& content,
                  std::string_view value) {
  if (is_from_source(item) && has_own_content(content, value)) {
    row.bind_blob(place, bytes_of(content));
  } else {
    row.bind_null(place);
  }
}

ItemId first_of(std::uint64_t step) { return ItemId{step << ItemId::kSequenceBits}; }

}  // namespace

Result<Tables> Tables::open(Database& database) {
  PENSTOCK_TRY(created, database.query_integer("SELECT value FROM run WHERE name = 'created'"));
  PENSTOCK_TRY(put_away, database.query_integer("SELECT count(*) FROM pending WHERE item < " +
                                                std::to_string(ItemId::kEnrolledStart)));
  Statements statements;
  const std::pair<Statement*, std::string> all[] = {
      {&statements.begin, "BEGIN IMMEDIATE"},
      {&statements.commit, "COMMIT"},
      {&statements.add_verdict, add_verdict("NULL")},
      {&statements.add_failure, add_verdict(kHopOfPending)},
      {&statements.remove_pending, "DELETE FROM pending WHERE item = ?"},
      {&statements.add_pending,
       "INSERT OR REPLACE INTO pending(item, parent, idx, attempts, content, unique_value, key, "
       "queue, hop, value) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      {&statements.add_answer,
       "INSERT OR REPLACE INTO answer(step, unique_value, seq) VALUES(?, ?, ?)"},
      {&statements.put_note, "INSERT OR REPLACE INTO note(name, text) VALUES(?, ?)"},
      {&statements.put_cursor,
       "INSERT OR REPLACE INTO sink(name, seq, length, inode) VALUES(?, ?, ?, ?)"},
      {&statements.put_segment,
       "INSERT OR REPLACE INTO segment(number, length, last_seq, kept) VALUES(?, ?, ?, ?)"},
      {&statements.drop_segment, "DELETE FROM segment WHERE number = ?"},
      {&statements.put_fact, "INSERT OR REPLACE INTO run(name, value) VALUES(?, ?)"},
      {&statements.pending, std::string(kPending)},
  };
  for (const auto& [statement, sql] : all) {
    PENSTOCK_TRY(prepared, database.prepare(sql));
    *statement = std::move(prepared);
  }
  return Tables(database, std::move(statements), created, put_away);
}

void Tables::bind(const Verdict& verdict, Place place, Statement& row) const {
  row.bind(1, static_cast<std::uint64_t>(verdict.seq));
  row.bind(2, verdict.item.value);
  const auto number_or_null = [&row](int column, std::uint64_t number) {
    number == 0 ? row.bind_null(column) : row.bind(column, number);
  };
  number_or_null(3, static_cast<std::uint64_t>(verdict.parent));
  row.bind(4, std::uint64_t{verdict.index});
  row.bind(5, static_cast<std::uint64_t>(verdict.status));
  row.bind(6, static_cast<std::uint64_t>(verdict.leaf));
  row.bind(7, std::uint64_t{verdict.attempts});
  if (verdict.started_ms == 0) {
    row.bind_null(8);
  } else {
    row.bind(8, verdict.started_ms - created_ms_);
  }
  row.bind(9, verdict.elapsed_us);
  row.bind(10, verdict.bytes);
  number_or_null(11, static_cast<std::uint64_t>(verdict.origin));
  number_or_null(12, static_cast<std::uint64_t>(place));
  bind_content(row, 13, verdict.item, verdict.content, verdict.value);
  row.bind(14, verdict.kind).bind(15, verdict.error).bind(16, verdict.key).bind(17, verdict.value);
  const bool in_row = place == Place{} && verdict.origin == Seq{};
  row.bind(18, in_row ? std::string_view(verdict.output) : std::string_view());
}

Status Tables::add(const Verdict& verdict, Place place) {
  const bool keeps_hop = has_failed(verdict) && !is_from_source(verdict.item);
  Statement& row = keeps_hop ? statements_.add_failure : statements_.add_verdict;
  bind(verdict, place, row);
  PENSTOCK_CHECK(row.run());
  if (!is_from_source(verdict.item) || put_away_ > 0) {
    PENSTOCK_CHECK(statements_.remove_pending.bind(1, verdict.item.value).run());
    if (is_from_source(verdict.item)) put_away_ -= database_->changes();
  }
  if (!verdict.unique) return ok();
  return statements_.add_answer.bind(1, static_cast<std::uint64_t>(verdict.item.step()))
      .bind(2, verdict.unique)
      .bind(3, static_cast<std::uint64_t>(verdict.seq))
      .run();
}

Status Tables::add(const Enrolment& item) {
  Statement& row = statements_.add_pending;
  row.bind(1, item.item.value);
  if (item.parent == Seq{}) {
    row.bind_null(2);
  } else {
    row.bind(2, static_cast<std::uint64_t>(item.parent));
  }
  row.bind(3, std::uint64_t{item.index}).bind(4, std::uint64_t{item.attempts});
  bind_content(row, 5, item.item, item.content, item.value);
  row.bind(6, item.unique).bind(7, item.key);
  row.bind_text(8, item.queue).bind(9, item.hop).bind(10, item.value);
  if (is_from_source(item.item)) ++put_away_;
  return row.run();
}

Status Tables::put_note(std::string_view name, std::string_view text) {
  return statements_.put_note.bind_text(1, name).bind_text(2, text).run();
}

Status Tables::put_cursor(std::string_view name, const SinkCursor& cursor) {
  Statement& row = statements_.put_cursor.bind_text(1, name).bind(2, cursor.seq);
  return row.bind(3, cursor.length_bytes).bind(4, cursor.inode).run();
}

Status Tables::put_segment(const SegmentState& segment) {
  Statement& row = statements_.put_segment.bind(1, segment.number).bind(2, segment.length_bytes);
  return row.bind(3, segment.last_seq)
      .bind(4, std::int64_t{segment.keep == Keep::always ? 1 : 0})
      .run();
}

Status Tables::drop_segment(std::uint64_t number) {
  return statements_.drop_segment.bind(1, number).run();
}

Status Tables::put_fact(std::string_view name, std::int64_t value) {
  return statements_.put_fact.bind_text(1, name).bind(2, value).run();
}

Status Tables::put_step_names(const std::vector<std::string>& names) {
  PENSTOCK_CHECK(database_->execute("DELETE FROM step"));
  PENSTOCK_TRY(row, database_->prepare("INSERT INTO step(step, name) VALUES(?, ?)"));
  for (std::size_t step = 0; step < names.size(); ++step) {
    PENSTOCK_CHECK(row.bind(1, std::uint64_t{step}).bind_text(2, names[step]).run());
  }
  return ok();
}

Result<Tables::PendingItems> Tables::pending(const RefillRequest& request) {
  const auto step = static_cast<std::uint64_t>(request.step);
  const ItemId first = request.after ? ItemId{request.after->value + 1} : first_of(step);
  Statement& row = statements_.pending;
  row.bind_text(1, request.queue).bind(3, first_of(step + 1).value);
  row.bind(2, first.value).bind(4, std::uint64_t{request.items_max + 1}).bind(5, step);
  PendingItems found;
  for (;;) {
    auto next = row.step();
    if (!next || !*next || found.items.size() == request.items_max) {
      found.more = next && *next;
      row.reset();
      if (!next) return std::move(next.error());
      return found;
    }
    Pending pending;
    Enrolment& item = pending.item;
    item.item = ItemId{row.number(0)};
    item.parent = Seq{row.number(1)};
    item.index = static_cast<std::uint32_t>(row.number(2));
    item.attempts = static_cast<std::uint32_t>(row.number(3));
    item.content = stored_content(row, item.item, 4, 8);
    item.unique = row.fingerprint(5);
    item.key = row.text(6);
    item.queue = request.queue;
    item.hop = row.text(7);
    item.value = row.text(8);
    pending.answer = Seq{row.number(9)};
    found.items.push_back(std::move(pending));
  }
}

}  // namespace penstock::ledger
