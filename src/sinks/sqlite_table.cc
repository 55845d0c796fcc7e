// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A table of results in an SQLite file.
#include "sinks/sqlite_table.h"

#include <utility>

#include "core/json_text.h"
#include "sinks/row_writer.h"
#include "sinks/sql_value.h"

namespace penstock::sinks {
namespace {

constexpr std::string_view kKeyName = "key";

}  // namespace

std::string folded(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

SqliteTable::SqliteTable(Database& database, std::string name, ColumnSet columns)
    : database_(database), name_(std::move(name)), columns_(std::move(columns)) {}

Result<bool> SqliteTable::exists() {
  PENSTOCK_TRY(found, database_.integer("SELECT 1 FROM sqlite_schema WHERE name = " +
                                        sql_text(name_) + " COLLATE NOCASE"));
  return found.has_value();
}

Status SqliteTable::drop() {
  names_.clear();
  places_.clear();
  folded_places_.clear();
  insert_ = Statement();
  return database_.execute("DROP TABLE IF EXISTS " + sql_name(name_));
}

Status SqliteTable::write(const Record& record) {
  if (names_.empty()) PENSTOCK_CHECK(begin(record));
  PENSTOCK_CHECK(collect(record));
  if (!insert_) PENSTOCK_CHECK(prepare());
  insert_.clear();
  for (const Cell& cell : cells_) bind_json(insert_, cell.place, cell.json);
  const bool is_second =
      record.status == ItemStatus::skipped && record.kind == "input.duplicate_key";
  insert_.bind(static_cast<int>(names_.size()) + 1, std::int64_t{is_second ? 1 : 0});
  return insert_.run();
}

// Learn the columns of the table, or make it with those of this record.
Status SqliteTable::begin(const Record& record) {
  PENSTOCK_TRY(there, exists());
  if (there) {
    PENSTOCK_TRY(known, database_.prepare("SELECT name FROM pragma_table_info(" + sql_text(name_) +
                                          ") ORDER BY cid"));
    for (;;) {
      PENSTOCK_TRY(row, known.step());
      if (!row) return ok();
      add_known(known.text(0));
    }
  }
  std::string columns;
  const auto add = [&](std::string_view name) {
    columns += columns.empty() ? "" : ", ";
    columns += sql_name(name);
    if (name == kKeyName) columns += " TEXT PRIMARY KEY";
    add_known(name);
  };
  PENSTOCK_CHECK(columns_.render(record, [&](std::string_view name, std::string_view) {
    if (can_be_column(name)) add(name);
  }));
  if (!columns_.is_named()) add(kMoreName);
  return database_.execute("CREATE TABLE " + sql_name(name_) + " (" + columns + ")");
}

// Fill cells_, and give the table the columns that it lacks.
Status SqliteTable::collect(const Record& record) {
  cells_.clear();
  std::string more;
  Status status = ok();
  const auto take = [&](std::string_view name, std::string_view json) {
    auto place = place_of(name);
    if (!place) {
      status = std::move(place.error());
    } else if (*place > 0) {
      cells_.push_back({*place, std::string(json)});
    } else {
      more += more.empty() ? '{' : ',';
      more += json::quoted(name) + ":" + std::string(json);
    }
  };
  PENSTOCK_CHECK(columns_.render(record, take));
  if (!more.empty()) cells_.push_back({places_.at(std::string(kMoreName)), more + "}"});
  return status;
}

// 0: it has no column and can have none.
Result<int> SqliteTable::place_of(std::string_view name) {
  const auto known = places_.find(std::string(name));
  if (known != places_.end()) return known->second;
  if (!can_be_column(name)) return 0;
  PENSTOCK_CHECK(
      database_.execute("ALTER TABLE " + sql_name(name_) + " ADD COLUMN " + sql_name(name)));
  add_known(name);
  insert_ = Statement();
  return static_cast<int>(names_.size());
}

bool SqliteTable::can_be_column(std::string_view name) const {
  return !name.empty() && name.find('\0') == std::string_view::npos &&
         names_.size() < kColumnsMax && !folded_places_.contains(folded(name));
}

void SqliteTable::add_known(std::string_view name) {
  names_.emplace_back(name);
  const int place = static_cast<int>(names_.size());
  places_.emplace(name, place);
  folded_places_.emplace(folded(name), place);
}

// The last parameter says whether a row that is there stays.
Status SqliteTable::prepare() {
  std::string names;
  std::string values;
  for (const std::string& name : names_) {
    names += (names.empty() ? "" : ", ") + sql_name(name);
    values += values.empty() ? "?" : ", ?";
  }
  const std::string key = std::to_string(places_.at(std::string(kKeyName)));
  const std::string stays = std::to_string(names_.size() + 1);
  PENSTOCK_TRY(insert, database_.prepare("INSERT OR REPLACE INTO " + sql_name(name_) + " (" +
                                         names + ") SELECT " + values + " WHERE NOT ?" + stays +
                                         " OR NOT EXISTS (SELECT 1 FROM " + sql_name(name_) +
                                         " WHERE key = ?" + key + ")"));
  insert_ = std::move(insert);
  return ok();
}

}  // namespace penstock::sinks
