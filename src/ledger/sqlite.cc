// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every SQLite error passes sqlite_error(): disk full is resumable, a failed check is corruption,
// everything else of the disk ends the run at once.
#include "ledger/sqlite.h"

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "ledger/check64.h"
#include "ledger/page_check.h"
#include "os/file.h"

namespace penstock::ledger {
namespace {

std::string path_of(sqlite3* database) {
  const char* path = sqlite3_db_filename(database, "main");
  return path == nullptr || *path == '\0' ? "the ledger" : path;
}

Error no_space(const std::string& path) {
  std::string message = "write " + path + ": no space left on device";
  if (const auto free = os::free_bytes(std::filesystem::path(path).parent_path())) {
    message += " (" + std::to_string(*free) + " bytes free)";
  }
  return Error{.code = Errc::no_space, .message = std::move(message), .kind = "disk.full"};
}

// Source: sqlite.org/uri.html, section 3.1.
std::string immutable_uri(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string uri = "file:";
  for (const char byte : path) {
    const auto code = static_cast<unsigned char>(byte);
    if (std::isalnum(code) != 0 || byte == '/' || byte == '.' || byte == '-' || byte == '_') {
      uri += byte;
    } else {
      uri += {'%', kDigits[code >> 4U], kDigits[code & 15U]};
    }
  }
  return uri + "?immutable=1";
}

Error corrupt(const std::string& path, const char* reason) {
  return Error{
      .code = Errc::corrupt, .message = "read " + path + ": " + reason, .kind = "ledger.corrupt"};
}

}  // namespace

Error sqlite_error(sqlite3* database, int outcome) {
  const std::string path = path_of(database);
  const int system = sqlite3_system_errno(database);
  switch (outcome & 0xff) {
    case SQLITE_FULL:
      return no_space(path);
    case SQLITE_CORRUPT:
      return corrupt(path, "the database is damaged");
    case SQLITE_NOTADB:
      return Error{.code = Errc::rejected,
                   .message = "open " + path + ": not a penstock ledger",
                   .kind = "ledger.foreign"};
    case SQLITE_IOERR:
      if (outcome == SQLITE_IOERR_DATA) return corrupt(path, "a page fails its check");
      if (system == ENOSPC || system == EDQUOT) return no_space(path);
      break;
    default:
      break;
  }
  std::string message = "use " + path + ": " + sqlite3_errmsg(database);
  const char* reason = system == 0 ? nullptr : ::strerrordesc_np(system);
  if (reason != nullptr) message += std::string(" (") + reason + ")";
  return Error{.code = Errc::system, .message = std::move(message), .kind = "ledger.sqlite"};
}

Statement& Statement::bind(int place, std::int64_t number) noexcept {
  note_value(place);
  sqlite3_bind_int64(statement_.get(), place, number);
  return *this;
}

Statement& Statement::bind_null(int place) noexcept {
  if ((nulls_ & null_bit(place)) != 0) return *this;  // Most columns of most rows.
  nulls_ |= null_bit(place);
  sqlite3_bind_null(statement_.get(), place);
  return *this;
}

Statement& Statement::bind(int place, std::string_view text) noexcept {
  return text.empty() ? bind_null(place) : bind_text(place, text);
}

Statement& Statement::bind_text(int place, std::string_view text) noexcept {
  note_value(place);
  const char* const from = text.data() == nullptr ? "" : text.data();
  sqlite3_bind_text64(statement_.get(), place, from, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int place, std::string_view bytes) noexcept {
  note_value(place);
  sqlite3_bind_blob64(statement_.get(), place, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int place, const Fingerprint& fingerprint) noexcept {
  if (!fingerprint) return bind_null(place);
  note_value(place);
  std::array<char, 16> bytes;
  store_little_endian(fingerprint.words[0], 8, bytes.data());
  store_little_endian(fingerprint.words[1], 8, bytes.data() + 8);
  sqlite3_bind_blob64(statement_.get(), place, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Result<bool> Statement::step() noexcept {
  const int outcome = sqlite3_step(statement_.get());
  if (outcome == SQLITE_ROW) return true;
  if (outcome == SQLITE_DONE) return false;
  return failure(outcome);
}

Status Statement::run() noexcept {
  const int outcome = sqlite3_step(statement_.get());
  if (outcome == SQLITE_DONE || outcome == SQLITE_ROW) {
    sqlite3_reset(statement_.get());
    return ok();
  }
  Error error = failure(outcome);
  sqlite3_reset(statement_.get());
  return error;
}

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const noexcept {
  const void* const from = sqlite3_column_blob(statement_.get(), column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return from == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(from), bytes);
}

Fingerprint Statement::fingerprint(int column) const noexcept {
  const std::string_view bytes = text(column);
  if (bytes.size() != 16) return {};
  return Fingerprint{
      {load_little_endian(bytes.data(), 8), load_little_endian(bytes.data() + 8, 8)}};
}

bool Statement::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Error Statement::failure(int outcome) const {
  return sqlite_error(sqlite3_db_handle(statement_.get()), outcome);
}

Result<Database> Database::open(const std::filesystem::path& path, Access access) {
  PENSTOCK_TRY(layer, page_check_layer());
  int flags = SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  std::string name = path.native();
  switch (access) {
    case Access::create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
    case Access::write:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case Access::read:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case Access::read_immutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
      name = immutable_uri(name);
      break;
  }
  sqlite3* raw = nullptr;
  const int outcome = sqlite3_open_v2(name.c_str(), &raw, flags, layer);
  Database database(raw);
  if (raw == nullptr) return Error{.code = Errc::system, .message = "open " + name + ": no memory"};
  if (outcome != SQLITE_OK) return database.failure(outcome);
  PENSTOCK_CHECK(database.harden(access));
  return database;
}

/// A file from somebody else executes nothing: no triggers, no functions from its schema.
/// Source: sqlite.org/security.html.
Status Database::harden(Access access) {
  sqlite3* const raw = database_.get();
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyMs);
  for (const int off :
       {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
        SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML}) {
    sqlite3_db_config(raw, off, 0, nullptr);
  }
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  PENSTOCK_CHECK(
      execute("PRAGMA mmap_size = 0; PRAGMA cache_size = -1536;"
              "PRAGMA cell_size_check = ON;"));
  if (access == Access::create) return make_room_for_checks();
  if (access != Access::write) return ok();
  // A failed writer must not write more in its destructor; clean ends checkpoint by themselves.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return execute(
      "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA journal_size_limit = 16777216;");
}

Status Database::make_room_for_checks() {
  int bytes = int{kPageCheckBytes};
  const int outcome =
      sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
  if (outcome != SQLITE_OK) return failure(outcome);
  return execute(("PRAGMA page_size = " + std::to_string(kPageBytes)).c_str());
}

Status Database::execute(const char* sql) {
  const int outcome = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (outcome != SQLITE_OK) return failure(outcome);
  return ok();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int outcome = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (outcome != SQLITE_OK) return failure(outcome);
  return Statement(raw);
}

Result<std::int64_t> Database::query_integer(std::string_view sql) {
  PENSTOCK_TRY(statement, prepare(sql));
  PENSTOCK_TRY(found, statement.step());
  return found ? statement.integer(0) : 0;
}

Result<Snapshot> Snapshot::begin(Database& database) {
  PENSTOCK_CHECK(database.execute("BEGIN"));
  return Snapshot(database.get());
}

Snapshot::~Snapshot() {
  if (database_ != nullptr) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Error Database::failure(int outcome) const { return sqlite_error(database_.get(), outcome); }

}  // namespace penstock::ledger
