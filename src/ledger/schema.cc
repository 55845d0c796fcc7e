// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A new database is built beside its place without syncs, synced once, and renamed: a crash leaves
// either nothing or a whole ledger.
#include "ledger/schema.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "ledger/page_check.h"
#include "os/file.h"

namespace penstock::ledger {
namespace {

constexpr std::array kRequired{
    SchemaObject{"run",
                 "CREATE TABLE run(name TEXT PRIMARY KEY, value INTEGER NOT NULL) "
                 "STRICT, WITHOUT ROWID"},
    SchemaObject{"step", "CREATE TABLE step(step INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"},
    SchemaObject{"verdict",
                 "CREATE TABLE verdict(seq INTEGER PRIMARY KEY, item INTEGER NOT NULL, "
                 "parent INTEGER, idx INTEGER NOT NULL, status INTEGER NOT NULL, "
                 "leaf INTEGER NOT NULL, redone INTEGER NOT NULL, attempts INTEGER NOT NULL, "
                 "started INTEGER, elapsed INTEGER NOT NULL, bytes INTEGER NOT NULL, "
                 "origin INTEGER, place INTEGER, content BLOB, kind TEXT, error TEXT, hop TEXT, "
                 "key TEXT, value TEXT, output TEXT) STRICT"},
    SchemaObject{"verdict_kind",
                 "CREATE INDEX verdict_kind ON verdict(kind, item, status) "
                 "WHERE kind IS NOT NULL AND redone = 0"},
    SchemaObject{"pending",
                 "CREATE TABLE pending(item INTEGER PRIMARY KEY, parent INTEGER, "
                 "idx INTEGER NOT NULL, attempts INTEGER NOT NULL, content BLOB, "
                 "unique_value BLOB, key TEXT, queue TEXT NOT NULL, hop TEXT, value TEXT) STRICT"},
    SchemaObject{"pending_queue", "CREATE INDEX pending_queue ON pending(queue)"},
    SchemaObject{"answer",
                 "CREATE TABLE answer(step INTEGER NOT NULL, unique_value BLOB NOT NULL, "
                 "seq INTEGER NOT NULL, PRIMARY KEY(step, unique_value)) STRICT, WITHOUT ROWID"},
    SchemaObject{"note",
                 "CREATE TABLE note(name TEXT PRIMARY KEY, text TEXT NOT NULL) "
                 "STRICT, WITHOUT ROWID"},
    SchemaObject{"sink",
                 "CREATE TABLE sink(name TEXT PRIMARY KEY, seq INTEGER NOT NULL, "
                 "length INTEGER NOT NULL, inode INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    SchemaObject{"segment",
                 "CREATE TABLE segment(number INTEGER PRIMARY KEY, length INTEGER NOT NULL, "
                 "last_seq INTEGER NOT NULL, kept INTEGER NOT NULL) STRICT"},
    SchemaObject{"carried",
                 "CREATE TABLE carried(ordinal INTEGER PRIMARY KEY, "
                 "seq INTEGER NOT NULL) STRICT"},
    SchemaObject{"summary",
                 "CREATE TABLE summary(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, "
                 "state BLOB NOT NULL) STRICT"},
    SchemaObject{
        "settled",
        "CREATE VIEW settled AS SELECT seq, "
        "(SELECT name FROM step WHERE step.step = item >> 48) AS step, "
        "coalesce(key, (item & 281474976710655) + 1) AS key, parent, "
        "CASE status WHEN 1 THEN 'ok' WHEN 2 THEN 'empty' WHEN 3 THEN 'skipped' "
        "WHEN 4 THEN 'failed' WHEN 5 THEN 'poisoned' END AS status, leaf, kind, error, attempts, "
        "strftime('%Y-%m-%dT%H:%M:%fZ', (started + (SELECT value FROM run WHERE run.name = "
        "'created')) / 1000.0, 'unixepoch') AS started, elapsed / 1000.0 AS elapsed_ms, bytes, "
        "origin, value, output FROM verdict WHERE redone = 0"},
};

constexpr std::array kOptional{
    SchemaObject{"verdict_item",
                 "CREATE INDEX verdict_item ON verdict(item) "
                 "WHERE parent IS NULL AND redone = 0"},
    SchemaObject{"verdict_parent",
                 "CREATE INDEX verdict_parent ON verdict(parent, item) "
                 "WHERE parent IS NOT NULL AND redone = 0"},
    SchemaObject{"pending_parent",
                 "CREATE INDEX pending_parent ON pending(parent) "
                 "WHERE parent IS NOT NULL"},
};

Status build(const std::filesystem::path& path, std::int64_t created_ms) {
  PENSTOCK_TRY(database, Database::open(path, Access::create));
  std::string sql =
      "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; BEGIN;"
      "PRAGMA application_id = " +
      std::to_string(kApplicationId) + "; PRAGMA user_version = " + std::to_string(kFormat) + ";";
  for (const SchemaObject& object : kRequired) sql += std::string(object.sql) + ";";
  sql += "INSERT INTO run VALUES('created', " + std::to_string(created_ms) +
         "), ('clean', 1), ('generation', 0); COMMIT; PRAGMA journal_mode = WAL;";
  return database.execute(sql.c_str());
}

Error foreign(Database& database) { return sqlite_error(database.get(), SQLITE_NOTADB); }

bool is_known(std::span<const SchemaObject> objects, std::string_view name, std::string_view sql) {
  return std::any_of(objects.begin(), objects.end(), [&](const SchemaObject& object) {
    return object.name == name && object.sql == sql;
  });
}

Status check_objects(Database& database) {
  PENSTOCK_TRY(statement, database.prepare("SELECT name, sql FROM sqlite_schema "
                                           "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"));
  std::size_t required = 0;
  for (;;) {
    PENSTOCK_TRY(found, statement.step());
    if (!found) break;
    if (is_known(kRequired, statement.text(0), statement.text(1))) {
      ++required;
    } else if (!is_known(kOptional, statement.text(0), statement.text(1))) {
      return foreign(database);
    }
  }
  if (required != kRequired.size()) return foreign(database);
  return ok();
}

}  // namespace

std::span<const SchemaObject> required_objects() noexcept { return kRequired; }
std::span<const SchemaObject> optional_objects() noexcept { return kOptional; }

Status create_database(const std::filesystem::path& folder, std::int64_t created_ms) {
  const std::filesystem::path path = folder / kDatabaseName;
  std::filesystem::path aside = path;
  aside += ".new";
  PENSTOCK_CHECK(os::remove_file(aside));
  {
    PENSTOCK_TRY(made, os::File::open(aside, os::FileMode::create_new));  // 0600 from the start.
    PENSTOCK_CHECK(build(aside, created_ms));
    PENSTOCK_CHECK(made.sync());
  }
  // Its name is synced with that of its WAL, before anything counts that is written there.
  return os::rename_file(aside, path);
}

Status find_database(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kDatabaseName;
  PENSTOCK_TRY(found, os::file_state(path));
  if (found) return ok();
  return Error{.code = Errc::invalid,
               .message = "open " + path.native() + ": there is no ledger",
               .kind = "ledger.missing"};
}

Status check_database(Database& database) {
  PENSTOCK_TRY(id, database.query_integer("PRAGMA application_id"));
  if (id != std::int64_t{kApplicationId}) return foreign(database);
  PENSTOCK_TRY(format, database.query_integer("PRAGMA user_version"));
  if (format > kFormat) {
    return Error{.code = Errc::rejected,
                 .message = std::string("open ") + sqlite3_db_filename(database.get(), "main") +
                            ": made by a later penstock (format " + std::to_string(format) + ")",
                 .kind = "ledger.newer"};
  }
  if (format != kFormat) return foreign(database);
  PENSTOCK_TRY(page_bytes, database.query_integer("PRAGMA page_size"));
  if (page_bytes != std::int64_t{kPageBytes}) return foreign(database);
  return check_objects(database);
}

}  // namespace penstock::ledger
