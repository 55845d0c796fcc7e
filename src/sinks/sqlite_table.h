// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A table of results in an SQLite file: one row a key, columns as they come. It neither begins nor
// ends transactions.
#pragma once

#include <penstock/error.h>
#include <penstock/sink.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sinks/column_set.h"
#include "sinks/database.h"

namespace penstock::sinks {

/// Column names of SQLite do not mind case and are never empty, and a table has at most 1,000 here:
/// what finds no place is in column `more`, as JSON.
///
/// Errors: those of Database. Threads: owner only.
class SqliteTable {
 public:
  static constexpr std::size_t kColumnsMax = 1000;

  /// `database` is borrowed. REQUIRES: if the columns are named, one of them is "key", and all can
  /// be columns of one table.
  SqliteTable(Database& database, std::string name, ColumnSet columns);

  Result<bool> exists();
  Status drop();

  /// Insert the record's row in place of one with the same key; an item that was skipped because
  /// another one has its key leaves that one's row. Makes the table if there is none.
  Status write(const Record& record);

 private:
  struct Cell {
    int place;  // From 1.
    std::string json;
  };

  Status begin(const Record& record);
  Status prepare();
  Status collect(const Record& record);
  Result<int> place_of(std::string_view name);
  bool can_be_column(std::string_view name) const;
  void add_known(std::string_view name);

  Database& database_;
  const std::string name_;
  ColumnSet columns_;

  // What is known of the table; empty before the first write.
  std::vector<std::string> names_;
  std::unordered_map<std::string, int> places_;         // From 1.
  std::unordered_map<std::string, int> folded_places_;  // Of names in lower case.
  Statement insert_;

  std::vector<Cell> cells_;  // Of one row.
};

/// A name as SQLite compares it: ASCII letters in lower case.
[[nodiscard]] std::string folded(std::string_view name);

}  // namespace penstock::sinks
