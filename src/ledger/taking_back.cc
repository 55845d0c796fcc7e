// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rows are never removed from `verdict`: they are marked `redone`, and their items are pending
// again, or will be read or enrolled again.
#include "ledger/taking_back.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/assert.h"

namespace penstock::ledger {
namespace {

// A page that was refused before it was enrolled has no URL, and cannot be tried again.
constexpr std::string_view kFailures =
    "INSERT INTO chosen SELECT seq FROM verdict AS v INDEXED BY verdict_kind "
    "WHERE kind IS NOT NULL AND redone = 0 AND status IN (4, 5) AND (hop IS NOT NULL OR "
    "parent IS NULL OR (SELECT item >> 48 FROM verdict AS p WHERE p.seq = v.parent) "
    "<> v.item >> 48)";

constexpr const char* kReopen =
    "CREATE TEMP TABLE asked(seq INTEGER PRIMARY KEY, unique_value BLOB NOT NULL);"
    "INSERT OR IGNORE INTO asked SELECT seq, unique_value FROM answer WHERE seq IN "
    "(SELECT coalesce(origin, seq) FROM chosen JOIN verdict USING(seq));"
    "INSERT INTO pending(item, parent, idx, attempts, content, unique_value, key, queue, hop, "
    "value) SELECT item, parent, idx, 0, content, (SELECT unique_value FROM asked "
    "WHERE asked.seq = coalesce(origin, verdict.seq)), key, '', hop, value "
    "FROM chosen JOIN verdict USING(seq);"
    "DELETE FROM answer WHERE seq IN (SELECT seq FROM asked);"
    "UPDATE verdict SET redone = 1 WHERE seq IN (SELECT seq FROM chosen);"
    "DROP TABLE asked; DROP TABLE chosen;";

std::string text(std::uint64_t number) { return std::to_string(number); }

/// Count what a condition on standing verdicts is about to take away.
Status take_counts(Database& database, const std::string& condition, Standing& standing) {
  PENSTOCK_TRY(row, database.prepare("SELECT item >> 48, status, leaf, count(*) FROM verdict "
                                     "WHERE redone = 0 AND " +
                                     condition + " GROUP BY 1, 2, 3"));
  for (;;) {
    PENSTOCK_TRY(found, row.step());
    if (!found) return ok();
    standing.take_back(StepIndex{static_cast<std::uint8_t>(row.number(0))},
                       static_cast<ItemStatus>(row.number(1)), row.integer(2) != 0, row.number(3));
  }
}

std::uint64_t number_called(const std::string& key) {
  const bool is_number =
      !key.empty() && key.size() < 19 && key.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? std::stoull(key) : 0;
}

/// " AND (...)" over alternatives, each with its parameters; nothing if there are none.
class Alternatives {
 public:
  void add(std::string condition, std::vector<std::string> parameters) {
    sql_ += (sql_.empty() ? " AND (" : " OR ") + std::move(condition);
    for (std::string& parameter : parameters) parameters_.push_back(std::move(parameter));
  }
  std::string sql() const { return sql_.empty() ? sql_ : sql_ + ")"; }
  const std::vector<std::string>& parameters() const { return parameters_; }

 private:
  std::string sql_;
  std::vector<std::string> parameters_;
};

}  // namespace

Status take_back(Database& database, const std::string& condition, Standing& standing) {
  PENSTOCK_CHECK(take_counts(database, condition, standing));
  return database.execute(
      ("UPDATE verdict SET redone = 1 WHERE redone = 0 AND " + condition).c_str());
}

Status rewrite_sinks(Database& database) {
  return database.execute("UPDATE sink SET length = -1 WHERE seq > 0");
}

Result<std::uint64_t> choose_failures(Database& database, const FailureSelection& selection) {
  Alternatives kinds;
  for (const std::string& kind : selection.kinds) {
    kinds.add("kind = ? OR (kind >= ? AND kind < ?)", {kind, kind + ".", kind + "/"});
  }
  Alternatives keys;
  for (const std::string& key : selection.keys) {
    keys.add("key = ?", {key});
    const std::uint64_t number = number_called(key);
    if (number > 0) {
      keys.add("(key IS NULL AND (item & 281474976710655) + 1 = " + text(number) + ")", {});
    }
  }
  std::string sql(kFailures);
  if (selection.step) {
    sql += " AND item >= " + text(first_of(*selection.step)) + " AND item < " +
           text(first_of(*selection.step, 1));
  }
  sql += kinds.sql() + keys.sql();
  PENSTOCK_CHECK(
      database.execute("DROP TABLE IF EXISTS temp.chosen;"
                       "CREATE TEMP TABLE chosen(seq INTEGER PRIMARY KEY)"));
  PENSTOCK_TRY(insert, database.prepare(sql));
  int place = 0;
  for (const Alternatives* alternatives : {&kinds, &keys}) {
    for (const std::string& parameter : alternatives->parameters()) {
      insert.bind_text(++place, parameter);
    }
  }
  PENSTOCK_CHECK(insert.run());
  return static_cast<std::uint64_t>(database.changes());
}

Status reopen_chosen(Database& database, Standing& standing) {
  PENSTOCK_CHECK(take_counts(database, "seq IN (SELECT seq FROM chosen)", standing));
  PENSTOCK_CHECK(database.execute(kReopen));
  return rewrite_sinks(database);
}

Result<ForgetCounts> count_forgotten(Database& database, StepIndex step) {
  const std::string first = text(first_of(step));
  const std::string next = text(first_of(step, 1));
  // An item that begins in this step: it came from the source, or from the step before.
  const std::string begins =
      step == StepIndex{0}
          ? "parent IS NULL"
          : "(SELECT item FROM verdict AS p WHERE p.seq = verdict.parent) < " + first;
  PENSTOCK_TRY(verdicts, database.query_integer(
                             "SELECT count(*) FROM verdict WHERE redone = 0 AND item >= " + first));
  PENSTOCK_TRY(again, database.query_integer("SELECT count(*) FROM verdict WHERE redone = 0 AND "
                                             "item >= " +
                                             first + " AND item < " + next + " AND " + begins));
  PENSTOCK_TRY(pending,
               database.query_integer("SELECT count(*) FROM pending WHERE item >= " + next));
  return ForgetCounts{.verdicts = static_cast<std::uint64_t>(verdicts),
                      .again = static_cast<std::uint64_t>(again),
                      .pending_removed = static_cast<std::uint64_t>(pending)};
}

Status forget_step(Database& database, StepIndex step, Standing& standing) {
  const std::string first = text(first_of(step));
  const std::string next = text(first_of(step, 1));
  std::string sql;
  if (step == StepIndex{0}) {
    sql = "DELETE FROM pending; DELETE FROM carried; DELETE FROM answer;";
    standing.begin_generation(standing.generation_start());  // All is read again.
  } else {
    sql =
        "DELETE FROM pending WHERE item >= " + next +
        "; DELETE FROM pending WHERE item >= " + first +
        " AND (SELECT item FROM verdict AS p WHERE p.seq = pending.parent) >= " + first +
        // Where it goes and what it equals was said by the step as it was.
        "; UPDATE pending SET queue = '', unique_value = NULL, hop = NULL WHERE item >= " + first +
        "; INSERT INTO pending(item, parent, idx, attempts, key, queue, value) "
        "SELECT item, parent, idx, 0, key, '', value FROM verdict WHERE redone = 0 AND item >= " +
        first + " AND item < " + next +
        " AND (SELECT item FROM verdict AS p WHERE p.seq = verdict.parent) < " + first +
        "; DELETE FROM answer WHERE step >= " + std::to_string(static_cast<unsigned>(step)) + ";";
  }
  PENSTOCK_CHECK(database.execute(sql.c_str()));
  PENSTOCK_CHECK(take_back(database, "item >= " + first, standing));
  return rewrite_sinks(database);
}

Status begin_generation(Database& database, Rematch& match, Standing& standing) {
  standing.begin_generation(standing.generation_end());
  PENSTOCK_CHECK(
      database.execute("DELETE FROM carried; CREATE TEMP TABLE gone(seq INTEGER PRIMARY "
                       "KEY)"));
  PENSTOCK_TRY(carry, database.prepare("INSERT INTO carried(ordinal, seq) VALUES(?, ?)"));
  for (;;) {
    PENSTOCK_TRY(carried, match.next_carried());
    if (!carried) break;
    PENSTOCK_CHECK(
        carry.bind(1, carried->ordinal).bind(2, static_cast<std::uint64_t>(carried->seq)).run());
    standing.carry(carried->ordinal, carried->content);
  }
  PENSTOCK_TRY(drop, database.prepare("INSERT INTO gone VALUES(?)"));
  for (;;) {
    PENSTOCK_TRY(removed, match.next_removed());
    if (!removed) break;
    PENSTOCK_CHECK(drop.bind(1, static_cast<std::uint64_t>(*removed)).run());
  }
  // What is below something that is gone goes too, level by level.
  for (bool any = match.has_removed(); any;) {
    PENSTOCK_CHECK(take_back(database, "seq IN (SELECT seq FROM gone)", standing));
    PENSTOCK_CHECK(database.execute(
        "INSERT INTO gone SELECT seq FROM verdict WHERE redone = 0 AND parent IS NOT NULL AND "
        "(SELECT redone FROM verdict AS p WHERE p.seq = verdict.parent) = 1"));
    any = database.changes() > 0;
  }
  // Items that were put away are read from the new source.
  PENSTOCK_CHECK(database.execute(
      ("DELETE FROM pending WHERE item < " + text(ItemId::kEnrolledStart) +
       "; DELETE FROM pending WHERE (SELECT redone FROM verdict AS p WHERE p.seq = "
       "pending.parent) = 1; DROP TABLE gone;")
          .c_str()));
  PENSTOCK_TRY(fact, database.prepare("UPDATE run SET value = ? WHERE name = 'generation'"));
  PENSTOCK_CHECK(fact.bind(1, standing.generation_start()).run());
  return match.has_removed() ? rewrite_sinks(database) : ok();
}

}  // namespace penstock::ledger
