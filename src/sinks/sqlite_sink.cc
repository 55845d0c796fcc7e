// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Results in a table of an SQLite file. The file's own cursor stands in its table penstock_cursor
// and moves in the transaction that writes the rows, so the file is never half a step ahead: what
// the ledger gives again is known by its number and passed over. What is written anew is one
// transaction; until it ends readers see the old table.
//
//     CREATE TABLE penstock_cursor (
//       result_table TEXT PRIMARY KEY,
//       seq          INTEGER NOT NULL,   -- of the last record in the table
//       token        INTEGER NOT NULL)   -- random; also in the ledger's cursor, as `inode`
//
// The token, and not the inode, says whose table it is: the file may be moved and copied.
#include <penstock/sinks.h>

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "os/file.h"
#include "sinks/database.h"
#include "sinks/row_choice.h"
#include "sinks/row_writer.h"
#include "sinks/sqlite_table.h"

namespace penstock {
namespace {

using namespace sinks;

class SqliteSink final : public Sink {
 public:
  SqliteSink(TableOptions options, std::string table, ColumnSet columns)
      : options_(std::move(options)),
        table_name_(std::move(table)),
        table_(database_, table_name_, std::move(columns)) {}

  std::string_view name() const override { return options_.name; }

  Result<bool> open(const SinkCursor& cursor) override {
    PENSTOCK_TRY(before, os::file_state(options_.path));
    PENSTOCK_TRY(database, Database::open(options_.path));
    database_ = std::move(database);
    const bool is_new = !before || before->size_bytes == 0;
    if (is_new) PENSTOCK_CHECK(begin_file());
    PENSTOCK_TRY(stored, stored_cursor());
    PENSTOCK_TRY(there, table_.exists());
    const bool is_ours = stored && cursor.inode != 0 && stored->token == cursor.inode;
    if (there && !is_ours) return foreign();
    const bool holds = cursor.length_bytes != SinkCursor::kRewrite;
    if (holds && cursor.seq > 0 && there && stored->seq >= cursor.seq) {
      seq_ = stored->seq;
      token_ = stored->token;
      return true;
    }
    PENSTOCK_CHECK(begin_table(cursor.inode));
    return cursor.seq == 0;
  }

  Status write(const Record& record) override {
    if (!database_.in_transaction()) PENSTOCK_CHECK(database_.execute("BEGIN IMMEDIATE"));
    seq_ = static_cast<std::uint64_t>(record.seq);
    return is_chosen(record.status, options_.rows) ? table_.write(record) : ok();
  }

  Result<SinkCursor> sync() override {
    if (database_.in_transaction()) {
      PENSTOCK_CHECK(database_.execute("INSERT OR REPLACE INTO penstock_cursor VALUES (" +
                                       sql_text(table_name_) + ", " + std::to_string(seq_) + ", " +
                                       std::to_string(token_) + ")"));
      PENSTOCK_CHECK(database_.execute("COMMIT"));
    }
    return SinkCursor{.seq = seq_, .inode = token_};
  }

  // Readers see what is committed, and a commit is a sync.
  Status flush() override { return ok(); }

 private:
  struct Stored {
    std::uint64_t seq;
    std::uint64_t token;
  };

  // Readers do not stop a writer in this mode, nor he them. SQLite syncs the file's name together
  // with that of its WAL, before the first transaction there counts.
  Status begin_file() { return database_.execute("PRAGMA journal_mode = WAL"); }

  Result<std::optional<Stored>> stored_cursor() {
    PENSTOCK_TRY(there, database_.integer("SELECT 1 FROM sqlite_schema WHERE name = "
                                          "'penstock_cursor'"));
    if (!there) return std::optional<Stored>();
    PENSTOCK_TRY(row, database_.prepare("SELECT seq, token FROM penstock_cursor "
                                        "WHERE result_table = " +
                                        sql_text(table_name_)));
    PENSTOCK_TRY(found, row.step());
    if (!found) return std::optional<Stored>();
    return std::optional(Stored{static_cast<std::uint64_t>(row.integer(0)),
                                static_cast<std::uint64_t>(row.integer(1))});
  }

  // In a transaction that ends with the first sync.
  Status begin_table(std::uint64_t known_token) {
    PENSTOCK_CHECK(database_.execute("BEGIN IMMEDIATE"));
    PENSTOCK_CHECK(database_.execute(
        "CREATE TABLE IF NOT EXISTS penstock_cursor (result_table TEXT PRIMARY KEY, "
        "seq INTEGER NOT NULL, token INTEGER NOT NULL)"));
    PENSTOCK_TRY(random, database_.integer("SELECT max(abs(random() / 2), 1)"));
    token_ = known_token != 0 ? known_token : static_cast<std::uint64_t>(*random);
    seq_ = 0;
    return table_.drop();
  }

  Error foreign() const {
    return Error{.code = Errc::rejected,
                 .message = "write " + options_.path + ": its table '" + table_name_ +
                            "' is not of this run; drop it, choose another name, or start over "
                            "with --fresh",
                 .kind = "output.foreign"};
  }

  const TableOptions options_;
  const std::string table_name_;
  Database database_;
  SqliteTable table_;
  std::uint64_t seq_ = 0;  // Of the last record in the file or in the transaction.
  std::uint64_t token_ = 0;
};

Error invalid(std::string message) {
  return Error{.code = Errc::invalid, .message = std::move(message), .kind = "output.columns"};
}

// Rows are found by their key, so the table has it. Names must differ by more than case.
Status complete(std::vector<Column>& columns) {
  std::set<std::string> seen;
  for (const Column& column : columns) {
    const bool is_key = column.name == "key" && column.text == "{key}";
    if (folded(column.name) == "key" && !is_key) {
      return invalid("column 'key' of an SQLite table is the item's key; name another one");
    }
    const bool is_new = seen.insert(folded(column.name)).second;
    if (!is_new || column.name.find('\0') != std::string::npos) {
      return invalid("'" + column.name + "' cannot be a column of its own in an SQLite table");
    }
  }
  if (columns.size() >= SqliteTable::kColumnsMax) return invalid("too many columns for SQLite");
  if (!columns.empty() && !seen.contains("key")) columns.insert(columns.begin(), {"key", "{key}"});
  return ok();
}

}  // namespace

Result<std::unique_ptr<Sink>> make_sqlite_sink(TableOptions options, std::string table) {
  const bool is_taken = table.starts_with("sqlite_") || table.starts_with("penstock_");
  if (table.empty() || is_taken || table.find('\0') != std::string::npos) {
    return invalid("'" + table + "' cannot be the name of a table");
  }
  PENSTOCK_CHECK(complete(options.columns));
  PENSTOCK_TRY(columns, ColumnSet::make(options.columns, options.steps, {std::string(kMoreName)}));
  if (options.name.empty()) options.name = "sqlite:" + options.path;
  return std::unique_ptr<Sink>(
      std::make_unique<SqliteSink>(std::move(options), std::move(table), std::move(columns)));
}

}  // namespace penstock
