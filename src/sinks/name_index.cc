// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which item has which file name.
#include "sinks/name_index.h"

#include <utility>

namespace penstock::sinks {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS file (key TEXT PRIMARY KEY, wanted TEXT NOT NULL, "
    "path TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS state (seq INTEGER NOT NULL, token INTEGER NOT NULL, "
    "generation INTEGER NOT NULL);"
    "INSERT INTO state SELECT 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM state)";

}  // namespace

Result<NameIndex> NameIndex::open(const std::string& path) {
  NameIndex index;
  PENSTOCK_TRY(database, Database::open(path));
  index.database_ = std::move(database);
  PENSTOCK_CHECK(index.database_.execute("PRAGMA journal_mode = WAL"));
  PENSTOCK_CHECK(index.database_.execute(kSchema));
  PENSTOCK_CHECK(index.prepare());
  PENSTOCK_TRY(state, index.database_.prepare("SELECT seq, token, generation FROM state"));
  PENSTOCK_CHECK(state.step());
  index.state_ = {static_cast<std::uint64_t>(state.integer(0)),
                  static_cast<std::uint64_t>(state.integer(1))};
  index.generation_ = state.integer(2);
  return index;
}

Status NameIndex::prepare() {
  PENSTOCK_TRY(find, database_.prepare("SELECT wanted, path FROM file WHERE key = ?"));
  PENSTOCK_TRY(taken, database_.prepare("SELECT 1 FROM file WHERE path = ?"));
  PENSTOCK_TRY(put, database_.prepare("INSERT INTO file VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) "
                                      "DO UPDATE SET wanted = ?2, path = ?3, generation = ?4"));
  PENSTOCK_TRY(remove, database_.prepare("DELETE FROM file WHERE key = ?"));
  find_ = std::move(find);
  taken_ = std::move(taken);
  put_ = std::move(put);
  remove_ = std::move(remove);
  return ok();
}

Status NameIndex::begin_generation(std::uint64_t token) {
  PENSTOCK_TRY(random, database_.integer("SELECT max(abs(random() / 2), 1)"));
  state_ = {.seq = 0, .token = token != 0 ? token : static_cast<std::uint64_t>(*random)};
  ++generation_;
  state_is_new_ = true;
  return commit();
}

Result<bool> NameIndex::has_files() {
  PENSTOCK_TRY(found, database_.integer("SELECT 1 FROM file LIMIT 1"));
  return found.has_value();
}

Result<std::optional<NameIndex::Entry>> NameIndex::find(std::string_view key) {
  find_.bind(1, key);
  auto found = find_.step();
  std::optional<Entry> entry;
  if (found && *found) entry = {std::string(find_.text(0)), std::string(find_.text(1))};
  find_.reset();
  if (!found) return std::move(found.error());
  return entry;
}

Result<bool> NameIndex::is_taken(std::string_view path) {
  taken_.bind(1, path);
  auto found = taken_.step();
  taken_.reset();
  return found;
}

Status NameIndex::put(std::string_view key, const Entry& entry) {
  PENSTOCK_CHECK(begin_transaction());
  put_.bind(1, key);
  put_.bind(2, std::string_view(entry.wanted));
  put_.bind(3, std::string_view(entry.path));
  put_.bind(4, generation_);
  return put_.run();
}

Status NameIndex::remove(std::string_view key) {
  PENSTOCK_CHECK(begin_transaction());
  remove_.bind(1, key);
  return remove_.run();
}

Result<std::vector<std::string>> NameIndex::take_older() {
  PENSTOCK_CHECK(begin_transaction());
  PENSTOCK_TRY(older, database_.prepare("DELETE FROM file WHERE key IN (SELECT key FROM file "
                                        "WHERE generation < ? LIMIT 1000) RETURNING path"));
  older.bind(1, generation_);
  std::vector<std::string> paths;
  for (;;) {
    PENSTOCK_TRY(row, older.step());
    if (!row) return paths;
    paths.emplace_back(older.text(0));
  }
}

Status NameIndex::begin_transaction() {
  return database_.in_transaction() ? ok() : database_.execute("BEGIN IMMEDIATE");
}

void NameIndex::reach(std::uint64_t seq) noexcept {
  state_is_new_ = state_is_new_ || state_.seq != seq;
  state_.seq = seq;
}

Status NameIndex::commit() {
  if (std::exchange(state_is_new_, false)) {
    PENSTOCK_CHECK(begin_transaction());
    PENSTOCK_CHECK(database_.execute("UPDATE state SET seq = " + std::to_string(state_.seq) +
                                     ", token = " + std::to_string(state_.token) +
                                     ", generation = " + std::to_string(generation_)));
  }
  return database_.in_transaction() ? database_.execute("COMMIT") : ok();
}

}  // namespace penstock::sinks
