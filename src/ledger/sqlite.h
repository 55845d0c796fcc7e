// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// SQLite's C interface as owned values and Results. It knows no table.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::ledger {

/// How long a statement waits for another process: a reader that recovers the WAL, a backup.
inline constexpr int kBusyMs = 10'000;

/// One prepared statement. Bound texts are borrowed until the next run() or reset().
///
/// Calls: ((bind)* (run | (step)* reset))*
/// Threads: that of its connection.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  // Parameters count from 1, columns from 0, as in SQLite.
  Statement& bind(int place, std::int64_t number) noexcept;
  Statement& bind(int place, std::uint64_t number) noexcept {
    return bind(place, static_cast<std::int64_t>(number));
  }
  Statement& bind_null(int place) noexcept;

  /// NULL if empty.
  Statement& bind(int place, std::string_view text) noexcept;
  Statement& bind_text(int place, std::string_view text) noexcept;  ///< Empty stays empty.
  Statement& bind_blob(int place, std::string_view bytes) noexcept;
  Statement& bind(int place, const Fingerprint& fingerprint) noexcept;  ///< NULL if none.

  /// Go to the next row; false behind the last.
  Result<bool> step() noexcept;
  void reset() noexcept { sqlite3_reset(statement_.get()); }

  /// Execute a statement that gives no rows, and be ready for the next.
  Status run() noexcept;

  std::int64_t integer(int column) const noexcept;
  std::uint64_t number(int column) const noexcept {
    return static_cast<std::uint64_t>(integer(column));
  }
  /// Valid until the next step, run or reset. NULL is empty.
  std::string_view text(int column) const noexcept;
  Fingerprint fingerprint(int column) const noexcept;  ///< Anything but 16 bytes is none.
  bool is_null(int column) const noexcept;

  explicit operator bool() const noexcept { return statement_ != nullptr; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  void note_value(int place) noexcept { nulls_ &= ~null_bit(place); }
  static std::uint32_t null_bit(int place) noexcept {
    return place <= kNullsKnown ? 1U << static_cast<unsigned>(place - 1) : 0;
  }
  Error failure(int outcome) const;

  static constexpr int kNullsKnown = 32;

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::uint32_t nulls_ = UINT32_MAX;  // Parameters that are NULL: all of a new statement.
};

enum class Access : std::uint8_t {
  write,           ///< Must exist.
  create,          ///< Must not exist, or is empty.
  read,            ///< Must exist; nothing is written but SQLite's shared memory.
  read_immutable,  ///< As `read`, and nobody else writes: where the folder is read-only.
};

/// One connection, hardened against what a file from somebody else may hold.
/// Errors: no_space (with the path and the free bytes), corrupt "ledger.corrupt", rejected
/// "ledger.foreign" (no database), system. Threads: one at a time. Blocks: on the disk.
class Database {
 public:
  static Result<Database> open(const std::filesystem::path& path, Access access);

  Status execute(const char* sql);
  Result<Statement> prepare(std::string_view sql);

  /// The first column of the first row of a query that gives one.
  Result<std::int64_t> query_integer(std::string_view sql);

  /// Rows changed by the latest statement.
  std::int64_t changes() const noexcept { return sqlite3_changes64(database_.get()); }
  bool in_transaction() const noexcept { return sqlite3_get_autocommit(database_.get()) == 0; }

  sqlite3* get() const noexcept { return database_.get(); }
  Error failure(int outcome) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  };
  explicit Database(sqlite3* database) : database_(database) {}
  Status harden(Access access);
  Status make_room_for_checks();

  std::unique_ptr<sqlite3, Close> database_;
};

/// A read transaction for as long as this object lives: all queries see the same rows.
class Snapshot {
 public:
  static Result<Snapshot> begin(Database& database);
  Snapshot(Snapshot&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Snapshot& operator=(Snapshot&&) = delete;
  ~Snapshot();

 private:
  explicit Snapshot(sqlite3* database) : database_(database) {}
  sqlite3* database_;
};

/// What SQLite's code means for the run; `path` is named in the message.
Error sqlite_error(sqlite3* database, int outcome);

}  // namespace penstock::ledger
