// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The limit of items.md: the rows of a no-op run put into SQLite by a loop that does nothing else,
// 1,000 a transaction, WAL and synchronous FULL. usage: bench_items_insert FILE ITEMS FIELD
#include <sqlite3.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr int kRowsOfCommit = 1'000;

constexpr const char* kTable =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -4096;"
    "CREATE TABLE verdict(seq INTEGER PRIMARY KEY, item INTEGER NOT NULL, parent INTEGER, "
    "idx INTEGER NOT NULL, status INTEGER NOT NULL, leaf INTEGER NOT NULL, "
    "redone INTEGER NOT NULL, attempts INTEGER NOT NULL, started INTEGER, "
    "elapsed INTEGER NOT NULL, bytes INTEGER NOT NULL, origin INTEGER, place INTEGER, "
    "content BLOB, kind TEXT, error TEXT, hop TEXT, key TEXT, value TEXT, output TEXT) STRICT;";

void must(int outcome, sqlite3* database) {
  if (outcome == SQLITE_OK || outcome == SQLITE_DONE) return;
  std::fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

void run(sqlite3* database, const char* sql) {
  must(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), database);
}

double cpu_s() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const long items = std::atol(argv[2]);
  const std::string opening = "{\"" + std::string(argv[3]) + "\":";
  const bool is_text = std::string(argv[3]) == "line";
  sqlite3* database = nullptr;
  must(sqlite3_open(argv[1], &database), database);
  run(database, kTable);
  sqlite3_stmt* row = nullptr;
  must(sqlite3_prepare_v2(database,
                          "INSERT INTO verdict(seq, item, idx, status, leaf, redone, attempts, "
                          "started, elapsed, bytes, value) VALUES(?, ?, 0, 1, 1, 0, 1, ?, 9, 0, ?)",
                          -1, &row, nullptr),
       database);
  const auto began = std::chrono::steady_clock::now();
  for (long item = 0; item < items; ++item) {
    if (item % kRowsOfCommit == 0) run(database, "BEGIN");
    std::string value = opening + (is_text ? "\"" : "") + std::to_string(item + 1);
    value += is_text ? "\"}" : "}";
    sqlite3_bind_int64(row, 1, item + 1);
    sqlite3_bind_int64(row, 2, item);
    sqlite3_bind_int64(row, 3, item / 400);  // Milliseconds, as a run of 400,000/s would have them.
    sqlite3_bind_text(row, 4, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    must(sqlite3_step(row), database);
    sqlite3_reset(row);
    if ((item + 1) % kRowsOfCommit == 0 || item + 1 == items) run(database, "COMMIT");
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  sqlite3_finalize(row);
  sqlite3_close(database);
  std::printf("%.3f %.3f\n", wall.count(), cpu_s());
}
