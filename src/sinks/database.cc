// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// SQLite's C interface as owned values and Results.
#include "sinks/database.h"

#include <cerrno>
#include <utility>

#include "os/file.h"
#include "os/system_error.h"

namespace penstock::sinks {
namespace {

std::string path_of(sqlite3* database) {
  const char* path = sqlite3_db_filename(database, "main");
  return path != nullptr ? path : "the output";
}

Error error_of(sqlite3* database, int outcome) {
  const std::string path = path_of(database);
  const int system = sqlite3_system_errno(database);
  const int primary = outcome & 0xFF;
  if (primary == SQLITE_FULL) return os::system_error("write", path, ENOSPC);
  if (primary == SQLITE_IOERR && system != 0) return os::system_error("write", path, system);
  Error error{.code = Errc::system,
              .message = "write " + path + ": " + sqlite3_errmsg(database),
              .kind = "output.sqlite"};
  if (primary == SQLITE_CORRUPT) error.code = Errc::corrupt;
  if (primary == SQLITE_NOTADB) {
    error.code = Errc::rejected;
    error.kind = "output.foreign";
  }
  return error;
}

std::string in_quotes(std::string_view text, char quote) {
  std::string sql(1, quote);
  for (const char c : text) sql.append(c == quote ? 2 : 1, c);
  return sql + quote;
}

}  // namespace

void Statement::bind(int place, std::int64_t number) noexcept {
  sqlite3_bind_int64(statement_.get(), place, number);
}

void Statement::bind(int place, double number) noexcept {
  sqlite3_bind_double(statement_.get(), place, number);
}

void Statement::bind(int place, std::string_view text) noexcept {
  const char* const from = text.data() != nullptr ? text.data() : "";
  sqlite3_bind_text64(statement_.get(), place, from, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind_null(int place) noexcept { sqlite3_bind_null(statement_.get(), place); }

Result<bool> Statement::step() noexcept {
  const int outcome = sqlite3_step(statement_.get());
  if (outcome == SQLITE_ROW) return true;
  if (outcome == SQLITE_DONE) return false;
  return error_of(sqlite3_db_handle(statement_.get()), outcome);
}

Status Statement::run() noexcept {
  const auto outcome = step();
  reset();
  if (!outcome) return outcome.error();
  return ok();
}

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const noexcept {
  const void* const from = sqlite3_column_blob(statement_.get(), column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {static_cast<const char*>(from), from != nullptr ? bytes : 0};
}

Result<Database> Database::open(const std::string& path) {
  // Made here, so that it has 0600 from the beginning.
  PENSTOCK_CHECK(os::File::open(path, os::FileMode::update_or_create));
  sqlite3* raw = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  const int outcome = sqlite3_open_v2(path.c_str(), &raw, kFlags, nullptr);
  Database database;
  database.database_.reset(raw);
  if (outcome != SQLITE_OK) return error_of(raw, outcome);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_busy_timeout(raw, 5'000);
  PENSTOCK_CHECK(database.execute("PRAGMA synchronous = FULL"));
  return database;
}

Status Database::execute(const std::string& sql) {
  const int outcome = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (outcome != SQLITE_OK) return error_of(database_.get(), outcome);
  return ok();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int outcome =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  Statement statement(raw);
  if (outcome != SQLITE_OK) return error_of(database_.get(), outcome);
  return statement;
}

Result<std::optional<std::int64_t>> Database::integer(std::string_view sql) {
  PENSTOCK_TRY(statement, prepare(sql));
  PENSTOCK_TRY(found, statement.step());
  return found ? std::optional(statement.integer(0)) : std::nullopt;
}

std::string sql_name(std::string_view name) { return in_quotes(name, '"'); }

std::string sql_text(std::string_view text) { return in_quotes(text, '\''); }

}  // namespace penstock::sinks
