// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The child of a result is what the engine would have enrolled with it: one item, with the key of
// its parent and no fields of its own. It waits in queue "" until an engine reads it.
#include "ledger/last_step.h"

#include <fmt/format.h>

#include <string>

#include "ledger/taking_back.h"

namespace penstock::ledger {
namespace {

/// Results of this step that a step behind it would have got.
std::string results_of(StepIndex last) {
  return fmt::format("redone = 0 AND leaf = 1 AND status = 1 AND item >= {} AND item < {}",
                     first_of(last), first_of(last, 1));
}

constexpr std::string_view kNotKept =
    "place IS NOT NULL AND NOT EXISTS(SELECT 1 FROM segment WHERE number = place >> 32 AND "
    "kept = 1)";

/// A page cannot be asked for alone, nobody knows where it was: its chain begins anew.
constexpr std::string_view kHeads =
    "INSERT INTO lost WITH RECURSIVE above(seq, parent) AS (SELECT seq, parent FROM verdict "
    "WHERE {0} AND {1} UNION SELECT p.seq, p.parent FROM above JOIN verdict AS p "
    "ON p.seq = above.parent WHERE p.item >= {2}) SELECT seq FROM above WHERE parent IS NULL OR "
    "(SELECT item FROM verdict AS p WHERE p.seq = above.parent) < {2}";

/// Pages stand behind their predecessors: one pass finds all of a chain.
Status choose_chains(Database& database, StepIndex last) {
  PENSTOCK_CHECK(database.execute("INSERT INTO chain SELECT seq FROM lost"));
  PENSTOCK_TRY(page, database.prepare(fmt::format(
                         "SELECT seq, parent FROM verdict AS v WHERE redone = 0 AND item >= {0} "
                         "AND item < {1} AND parent >= (SELECT min(seq) FROM lost) AND "
                         "(SELECT item FROM verdict AS p WHERE p.seq = v.parent) >= {0} "
                         "ORDER BY seq",
                         first_of(last), first_of(last, 1))));
  PENSTOCK_TRY(add,
               database.prepare("INSERT INTO chain SELECT ?1 WHERE ?2 IN (SELECT seq FROM chain)"));
  for (;;) {
    PENSTOCK_TRY(found, page.step());
    if (!found) return ok();
    PENSTOCK_CHECK(add.bind(1, page.number(0)).bind(2, page.number(1)).run());
  }
}

/// What was lost is pending again, and its chain has never been.
Status run_lost_again(Database& database, Standing& standing) {
  PENSTOCK_CHECK(database.execute(
      "DELETE FROM pending WHERE parent IN (SELECT seq FROM chain);"
      "INSERT INTO pending(item, parent, idx, attempts, content, key, queue, value) "
      "SELECT item, parent, idx, 0, content, key, '', value FROM lost JOIN verdict USING(seq)"));
  return take_back(database, "seq IN (SELECT seq FROM chain)", standing);
}

}  // namespace

Result<ExtensionCounts> choose_extension(Database& database, StepIndex last) {
  PENSTOCK_CHECK(
      database.execute("DROP TABLE IF EXISTS temp.lost; DROP TABLE IF EXISTS temp.chain;"
                       "CREATE TEMP TABLE lost(seq INTEGER PRIMARY KEY);"
                       "CREATE TEMP TABLE chain(seq INTEGER PRIMARY KEY)"));
  const std::string results = results_of(last);
  const std::string heads = fmt::format(fmt::runtime(kHeads), results, kNotKept, first_of(last));
  PENSTOCK_CHECK(database.execute(heads.c_str()));
  PENSTOCK_TRY(again, database.query_integer("SELECT count(*) FROM lost"));
  if (again > 0) PENSTOCK_CHECK(choose_chains(database, last));
  PENSTOCK_TRY(adopted, database.query_integer("SELECT count(*) FROM verdict WHERE " + results +
                                               " AND seq NOT IN (SELECT seq FROM chain)"));
  return ExtensionCounts{.adopted = static_cast<std::uint64_t>(adopted),
                         .again = static_cast<std::uint64_t>(again)};
}

Status extend_behind(Database& database, StepIndex last, Standing& standing) {
  PENSTOCK_CHECK(run_lost_again(database, standing));
  const StepIndex behind{static_cast<std::uint8_t>(static_cast<unsigned>(last) + 1)};
  const std::uint64_t base = ItemId::of(behind, standing.next_sequence(behind)).value;
  const std::string results = results_of(last);
  // A parent's seq makes the child's number: each its own, in the order of settlement.
  PENSTOCK_CHECK(database.execute(
      fmt::format("INSERT INTO pending(item, parent, idx, attempts, key, queue, value) "
                  "SELECT {} + seq, seq, 0, 0, coalesce(key, CAST((item & {}) + 1 AS TEXT)), '', "
                  "'{{}}' FROM verdict WHERE {}",
                  base, ItemId::kSequenceMax, results)
          .c_str()));
  standing.know(ItemId{base + standing.last_seq()}, {});
  PENSTOCK_CHECK(database.execute(("UPDATE verdict SET leaf = 0 WHERE " + results).c_str()));
  standing.end_as_parents(static_cast<std::uint64_t>(database.changes()));
  return rewrite_sinks(database);
}

Result<std::uint64_t> count_behind(Database& database, StepIndex last) {
  PENSTOCK_TRY(verdicts, database.query_integer(
                             fmt::format("SELECT count(*) FROM verdict WHERE redone = 0 AND "
                                         "item >= {}",
                                         first_of(last, 1))));
  return static_cast<std::uint64_t>(verdicts);
}

Status drop_behind(Database& database, StepIndex last, Standing& standing) {
  const std::uint64_t behind = first_of(last, 1);
  PENSTOCK_CHECK(database.execute(fmt::format("DELETE FROM pending WHERE item >= {};"
                                              "DELETE FROM answer WHERE step > {}",
                                              behind, static_cast<unsigned>(last))
                                      .c_str()));
  PENSTOCK_CHECK(take_back(database, fmt::format("item >= {}", behind), standing));
  PENSTOCK_CHECK(database.execute(
      fmt::format("UPDATE verdict SET leaf = 1 WHERE redone = 0 AND leaf = 0 AND status = 1 AND "
                  "item >= {} AND item < {}",
                  first_of(last), behind)
          .c_str()));
  standing.end_as_results(static_cast<std::uint64_t>(database.changes()));
  return rewrite_sinks(database);
}

}  // namespace penstock::ledger
