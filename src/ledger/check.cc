// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Each rule of docs/formats/ledger.md that SQL can say is one query whose rows are problems.
#include "ledger/check.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/resume.h"
#include "ledger/segments.h"
#include "ledger/standing.h"

namespace penstock::ledger {
namespace {

/// A query that gives the numbers of what breaks a rule, and how to say it.
struct Rule {
  std::string_view query;
  std::string_view problem;  ///< With one {} for the number.
};

constexpr std::array kRules{
    Rule{"SELECT seq FROM verdict WHERE status NOT BETWEEN 1 AND 5 OR leaf NOT IN (0, 1) "
         "OR redone NOT IN (0, 1)",
         "verdict {} has a status that does not exist"},
    Rule{"SELECT seq FROM verdict AS v WHERE parent IS NOT NULL AND (parent >= seq OR "
         "NOT EXISTS(SELECT 1 FROM verdict AS p WHERE p.seq = v.parent))",
         "verdict {} has a parent that is not before it"},
    Rule{"SELECT v.seq FROM verdict AS v JOIN verdict AS p ON p.seq = v.parent "
         "WHERE v.redone = 0 AND p.redone = 1",
         "verdict {} stands, but its parent was taken back"},
    Rule{"SELECT v.seq FROM verdict AS v JOIN verdict AS p ON p.seq = v.parent "
         "WHERE v.item >> 48 NOT IN (p.item >> 48, (p.item >> 48) + 1)",
         "verdict {} is in a step that does not follow its parent's"},
    Rule{"SELECT seq FROM verdict AS v WHERE origin IS NOT NULL AND (origin >= seq OR "
         "NOT EXISTS(SELECT 1 FROM verdict AS o WHERE o.seq = v.origin AND o.origin IS NULL))",
         "verdict {} shares the output of one that has none"},
    Rule{"SELECT item FROM (SELECT item FROM verdict WHERE redone = 0 UNION ALL "
         "SELECT item FROM pending) GROUP BY item HAVING count(*) > 1",
         "item {} stands twice"},
    Rule{"SELECT item FROM pending AS i WHERE parent IS NOT NULL AND NOT EXISTS("
         "SELECT 1 FROM verdict AS p WHERE p.seq = i.parent AND p.redone = 0)",
         "pending item {} has a parent that does not stand"},
    Rule{"SELECT item FROM pending WHERE parent IS NULL AND item >= 140737488355328",
         "pending item {} has no parent"},
    Rule{"SELECT seq FROM answer AS a WHERE NOT EXISTS(SELECT 1 FROM verdict AS v "
         "WHERE v.seq = a.seq AND v.item >> 48 = a.step)",
         "the answer of verdict {} is none"},
    Rule{"SELECT ordinal FROM carried AS c WHERE NOT EXISTS("
         "SELECT 1 FROM verdict AS v WHERE v.seq = c.seq)",
         "ordinal {} is carried from a verdict that does not exist"},
    Rule{"SELECT seq FROM sink WHERE seq > (SELECT coalesce(max(seq), 0) FROM verdict)",
         "an output file is said to hold verdict {}, which does not exist"},
};

class Checker {
 public:
  Checker(Database& database, const std::filesystem::path& folder)
      : database_(database), segments_(folder / "segments") {}

  Result<LedgerCheck> check() {
    PENSTOCK_CHECK(check_pages());
    for (const Rule& rule : kRules) PENSTOCK_CHECK(check_rule(rule));
    PENSTOCK_CHECK(check_counts());
    PENSTOCK_CHECK(check_outputs());
    return std::move(found_);
  }

 private:
  void add(std::string problem) {
    if (found_.problem_count++ < LedgerCheck::kProblemsMax) {
      found_.problems.push_back(std::move(problem));
    }
  }

  /// Every page is read, and with it its check; every index is compared with its table.
  Status check_pages() {
    PENSTOCK_TRY(row, database_.prepare("PRAGMA integrity_check(100)"));
    for (;;) {
      PENSTOCK_TRY(found, row.step());
      if (!found) return ok();
      if (row.text(0) != "ok") add("ledger.db: " + std::string(row.text(0)));
    }
  }

  Status check_rule(const Rule& rule) {
    PENSTOCK_TRY(row, database_.prepare(rule.query));
    for (;;) {
      PENSTOCK_TRY(found, row.step());
      if (!found) return ok();
      add(fmt::format(fmt::runtime(rule.problem), row.number(0)));
    }
  }

  /// The summary must say what the rows say.
  Status check_counts() {
    PENSTOCK_TRY(verdicts, database_.query_integer("SELECT count(*) FROM verdict"));
    PENSTOCK_TRY(standing, database_.query_integer("SELECT count(*) FROM verdict "
                                                   "WHERE redone = 0"));
    PENSTOCK_TRY(leaves, database_.query_integer("SELECT count(*) FROM verdict "
                                                 "WHERE redone = 0 AND leaf = 1"));
    PENSTOCK_TRY(pending, database_.query_integer("SELECT count(*) FROM pending"));
    found_.verdicts = static_cast<std::uint64_t>(verdicts);
    found_.standing = static_cast<std::uint64_t>(standing);
    found_.leaves = static_cast<std::uint64_t>(leaves);
    found_.pending = static_cast<std::uint64_t>(pending);
    auto scanned = read_standing(database_, Trust::rows);
    auto summed = read_standing(database_, Trust::summary);
    for (const auto* outcome : {&scanned, &summed}) {
      if (!*outcome) add(outcome->error().message);
    }
    if (scanned && summed && !scanned->agrees_with(*summed)) {
      add("the summary does not say what the verdicts say");
    }
    return ok();
  }

  Status check_outputs() {
    PENSTOCK_TRY(row, database_.prepare("SELECT seq, place, kept FROM verdict LEFT JOIN segment "
                                        "ON number = place >> 32 WHERE place IS NOT NULL "
                                        "ORDER BY seq"));
    for (;;) {
      PENSTOCK_TRY(found, row.step());
      if (!found) return ok();
      if (row.is_null(2) || row.integer(2) == 0) continue;  // Not to be kept.
      check_output(Seq{row.number(0)}, Place{row.number(1)});
    }
  }

  void check_output(Seq seq, Place place) {
    const auto output = segments_.read(seq, place);
    if (!output) return add(output.error().message);
    if (!*output) {
      return add(fmt::format("the output of verdict {} is gone with {}",
                             static_cast<std::uint64_t>(seq), segment_name(segment_of(place))));
    }
    ++found_.outputs;
    found_.output_bytes += (*output)->size();
  }

  Database& database_;
  SegmentReader segments_;
  LedgerCheck found_;
};

}  // namespace

Result<LedgerCheck> check_ledger(Database& database, const std::filesystem::path& folder) {
  return Checker(database, folder).check();
}

}  // namespace penstock::ledger
