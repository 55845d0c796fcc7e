// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// SQLite's C interface as owned values and Results. It knows no table.
#pragma once

#include <penstock/error.h>
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::sinks {

/// One prepared statement. What is bound is copied.
///
/// Calls: (bind* (run | step* reset))*
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  explicit operator bool() const noexcept { return statement_ != nullptr; }

  // Parameters count from 1, columns from 0, as in SQLite.
  void bind(int place, std::int64_t number) noexcept;
  void bind(int place, double number) noexcept;
  void bind(int place, std::string_view text) noexcept;
  void bind_null(int place) noexcept;
  void clear() noexcept { sqlite3_clear_bindings(statement_.get()); }  ///< All are null.

  /// Go to the next row; false behind the last.
  Result<bool> step() noexcept;

  /// Be ready for the next use; what is bound stays.
  void reset() noexcept { sqlite3_reset(statement_.get()); }

  /// Execute a statement whose rows do not matter.
  Status run() noexcept;

  std::int64_t integer(int column) const noexcept;
  std::string_view text(int column) const noexcept;  ///< Valid until the next step.

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection to a file that this run may write. What its schema says is not trusted.
///
/// Errors: no_space, rejected "output.foreign" (no database), corrupt, system; with the path.
/// Threads: one at a time. Blocks: on the disk, and up to 5 s for other programs' locks.
class Database {
 public:
  Database() = default;

  /// Open the file, or make it with 0600. A symbolic link is refused.
  static Result<Database> open(const std::string& path);
  explicit operator bool() const noexcept { return database_ != nullptr; }

  Status execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);

  /// The first column of the first row, or nothing if there is no row.
  Result<std::optional<std::int64_t>> integer(std::string_view sql);

  bool in_transaction() const noexcept { return sqlite3_get_autocommit(database_.get()) == 0; }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

/// A name as SQL takes it, whatever it holds. REQUIRES: no NUL.
[[nodiscard]] std::string sql_name(std::string_view name);

/// A text as SQL takes it. REQUIRES: no NUL.
[[nodiscard]] std::string sql_text(std::string_view text);

}  // namespace penstock::sinks
