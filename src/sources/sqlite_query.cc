// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rows of a query as items. The database is a stranger's file: it is opened for reading, nothing
// that its schema says is trusted, and nothing is ever written to it.
#include <fmt/format.h>
#include <penstock/sources.h>
#include <sqlite3.h>

#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base64.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "sources/line_reader.h"
#include "sources/source_item.h"

namespace penstock {
namespace {

using namespace sources;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Error refusal(Errc code, std::string_view file, std::string_view reason) {
  return Error{
      .code = code, .message = fmt::format("query {}: {}", file, reason), .kind = "input.query"};
}

Errc code_of(int outcome) {
  switch (outcome & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return Errc::invalid;
    case SQLITE_CORRUPT:
      return Errc::corrupt;
    default:
      return Errc::system;
  }
}

std::string_view text_of(sqlite3_stmt* row, int column) {
  // The bytes are asked for after the text, as its conversion may change their number.
  const void* text = sqlite3_column_blob(row, column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return {static_cast<const char*>(text), text != nullptr ? bytes : 0};
}

// SQLite has infinities and JSON has not: they become text rather than nothing.
void write_real(json::ObjectWriter& value, std::string_view name, double number) {
  if (std::isfinite(number)) {
    value.number(name, number);
  } else {
    value.string(name, number > 0 ? "Infinity" : "-Infinity");
  }
}

void write_column(json::ObjectWriter& value, std::string_view name, sqlite3_stmt* row, int column) {
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
      value.integer(name, sqlite3_column_int64(row, column));
      return;
    case SQLITE_FLOAT:
      write_real(value, name, sqlite3_column_double(row, column));
      return;
    case SQLITE_TEXT:
      value.string(name, text_of(row, column));
      return;
    case SQLITE_BLOB:
      value.string(name, base64(text_of(row, column)));
      return;
    default:
      value.null(name);
  }
}

class SqliteQuery final : public Source {
 public:
  SqliteQuery(SqliteOptions options, Database database, Statement statement,
              std::vector<std::string> columns)
      : options_(std::move(options)),
        columns_(std::move(columns)),
        database_(std::move(database)),
        statement_(std::move(statement)) {}

  Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) override {
    for (; items_max > 0; --items_max) {
      PENSTOCK_TRY(state, step());
      if (state == SourceState::end) return state;
      out.push_back(item_of(statement_.get()));
    }
    return SourceState::items;
  }

  std::optional<std::uint64_t> total() const override { return std::nullopt; }

  Status skip(std::uint64_t count) override {
    for (; count > 0; --count) {
      PENSTOCK_TRY(state, step());
      if (state == SourceState::end) break;
    }
    return ok();
  }

 private:
  Result<SourceState> step() {
    if (ended_) return SourceState::end;  // A further step would begin anew.
    const int outcome = sqlite3_step(statement_.get());
    ++rows_;
    if (outcome == SQLITE_ROW) return SourceState::items;
    ended_ = outcome == SQLITE_DONE;
    if (ended_) return SourceState::end;
    return refusal(code_of(outcome), options_.file, sqlite3_errmsg(database_.get()));
  }

  SourceItem item_of(sqlite3_stmt* row) const {
    const Place place{options_.file, rows_};
    SourceItem item;
    std::string value;
    json::ObjectWriter writer(value);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const int column = static_cast<int>(i);
      if (!fits(row, column)) {
        set_bad(item, place, "input.too_long", "column '" + columns_[i] + "' has over 16 MiB");
        continue;
      }
      if (!is_readable(row, column)) {
        set_bad(item, place, "input.encoding", "column '" + columns_[i] + "' is not valid UTF-8");
      }
      write_column(writer, columns_[i], row, column);
      if (columns_[i] == options_.key && !item.bad) {
        set_key(item, place, options_.key, key_text(row, column));
      }
    }
    writer.close();
    set_value(item, std::move(value));
    item.line = rows_;
    return item;
  }

  static bool fits(sqlite3_stmt* row, int column) {
    const int type = sqlite3_column_type(row, column);
    return (type != SQLITE_TEXT && type != SQLITE_BLOB) ||
           text_of(row, column).size() <= kLineBytesMax;
  }

  static bool is_readable(sqlite3_stmt* row, int column) {
    return sqlite3_column_type(row, column) != SQLITE_TEXT || utf8::is_valid(text_of(row, column));
  }

  static std::string key_text(sqlite3_stmt* row, int column) {
    if (sqlite3_column_type(row, column) == SQLITE_BLOB) return base64(text_of(row, column));
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return text != nullptr ? std::string(text_of(row, column)) : std::string();
  }

  const SqliteOptions options_;
  const std::vector<std::string> columns_;
  Database database_;
  Statement statement_;
  std::uint64_t rows_ = 0;  // The current one, from 1.
  bool ended_ = false;
};

Result<Database> open_database(const SqliteOptions& options) {
  sqlite3* raw = nullptr;
  const int outcome = sqlite3_open_v2(options.file.c_str(), &raw,
                                      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);
  if (outcome != SQLITE_OK) {
    return refusal(code_of(outcome), options.file, sqlite3_errstr(outcome));
  }
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_busy_timeout(raw, 5'000);
  return database;
}

Result<Statement> prepare(const SqliteOptions& options, sqlite3* database) {
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int outcome = sqlite3_prepare_v2(database, options.query.data(),
                                         static_cast<int>(options.query.size()), &raw, &rest);
  Statement statement(raw);
  if (outcome != SQLITE_OK) {
    return refusal(code_of(outcome), options.file, sqlite3_errmsg(database));
  }
  const std::string_view after(rest, options.query.data() + options.query.size());
  if (!statement || after.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return refusal(Errc::invalid, options.file, "one statement is needed");
  }
  if (sqlite3_stmt_readonly(raw) == 0 || sqlite3_column_count(raw) == 0) {
    return refusal(Errc::invalid, options.file, "the statement does not read rows");
  }
  return statement;
}

Result<std::vector<std::string>> columns_of(const SqliteOptions& options, sqlite3_stmt* row) {
  std::vector<std::string> columns;
  std::set<std::string> seen;
  for (int i = 0; i < sqlite3_column_count(row); ++i) {
    const char* name = sqlite3_column_name(row, i);
    columns.emplace_back(name != nullptr ? name : "");
    if (!seen.insert(columns.back()).second) {
      return refusal(Errc::invalid, options.file,
                     "two columns are named '" + columns.back() + "'; name them with AS");
    }
  }
  if (!options.key.empty() && !seen.contains(options.key)) {
    return refusal(Errc::invalid, options.file,
                   "there is no column '" + options.key + "' for the key");
  }
  return columns;
}

}  // namespace

Result<std::unique_ptr<Source>> open_sqlite_query(SqliteOptions options) {
  PENSTOCK_TRY(database, open_database(options));
  PENSTOCK_TRY(statement, prepare(options, database.get()));
  PENSTOCK_TRY(columns, columns_of(options, statement.get()));
  return std::unique_ptr<Source>(std::make_unique<SqliteQuery>(
      std::move(options), std::move(database), std::move(statement), std::move(columns)));
}

}  // namespace penstock
