// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the writer thread puts into the tables, statement by statement. When a transaction begins
// and ends is its caller's business.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/sink.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/operation.h"
#include "ledger/rendering.h"
#include "ledger/segments.h"
#include "ledger/sqlite.h"
#include "ledger/standing.h"

namespace penstock::ledger {

/// Errors of all members: those of Database. Threads: that of the connection.
class Tables {
 public:
  /// `database` is borrowed.
  static Result<Tables> open(Database& database);

  Status begin() { return statements_.begin.run(); }
  Status commit() { return statements_.commit.run(); }

  /// The verdict with its output in the row or at `place`; its item is pending no more. Children
  /// are not added. REQUIRES: as begin(), for all members below.
  Status add(const Verdict& verdict, Place place);
  Status add(const Enrolment& item);
  Status put_note(std::string_view name, std::string_view text);
  Status put_cursor(std::string_view name, const SinkCursor& cursor);
  Status put_segment(const SegmentState& segment);
  Status drop_segment(std::uint64_t number);
  Status put_fact(std::string_view name, std::int64_t value);
  Status put_step_names(const std::vector<std::string>& names);

  /// Items of one (step, queue), and the seq of the answer of each, if its value has one. Contexts
  /// and answers themselves are left to the caller.
  struct Pending {
    Enrolment item;
    Seq answer{};
  };
  struct PendingItems {
    std::vector<Pending> items;
    bool more = false;
  };
  Result<PendingItems> pending(const RefillRequest& request);

 private:
  struct Statements {
    Statement begin, commit;
    Statement add_verdict, add_failure, remove_pending, add_pending, add_answer;
    Statement put_note, put_cursor, put_segment, drop_segment, put_fact;
    Statement pending;
  };

  Tables(Database& database, Statements statements, std::int64_t created_ms, std::int64_t put_away)
      : database_(&database),
        statements_(std::move(statements)),
        created_ms_(created_ms),
        put_away_(put_away) {}

  void bind(const Verdict& verdict, Place place, Statement& row) const;

  Database* database_;
  Statements statements_;
  std::int64_t created_ms_;
  std::int64_t put_away_;  // First-step items of the source in `pending`: mostly there are none.
};

}  // namespace penstock::ledger
