// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Queries over a connection that cannot write. Each call is one short snapshot, so that a living
// engine's WAL is never held for long.
#include <penstock/ledger_reader.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "ledger/ancestry.h"
#include "ledger/check.h"
#include "ledger/record.h"
#include "ledger/resume.h"
#include "ledger/schema.h"
#include "ledger/sqlite.h"
#include "ledger/verdict_rows.h"
#include "os/file.h"

namespace penstock {
namespace {

using namespace ledger;

constexpr std::string_view kErrorClasses =
    "SELECT kind, item >> 48, status, count(*), min(seq) FROM verdict INDEXED BY verdict_kind "
    "WHERE kind IS NOT NULL AND redone = 0 GROUP BY kind, item >> 48, status ORDER BY 4 DESC, 1, 2";
constexpr std::string_view kOfKind =
    "SELECT seq FROM verdict INDEXED BY verdict_kind WHERE kind >= ?1 AND kind < ?1 || '/' AND "
    "(kind = ?1 OR substr(kind, 1, length(?1) + 1) = ?1 || '.') AND kind IS NOT NULL AND "
    "redone = 0 AND seq > ?2 ORDER BY seq LIMIT ?3";
constexpr std::string_view kFailed =
    "SELECT seq FROM verdict INDEXED BY verdict_kind WHERE ?1 IS NULL AND kind IS NOT NULL AND "
    "redone = 0 AND status IN (4, 5) AND seq > ?2 ORDER BY seq LIMIT ?3";
constexpr std::string_view kOfKey =
    "SELECT seq FROM verdict WHERE key = ?1 OR (key IS NULL AND item & 281474976710655 = ?2) "
    "ORDER BY seq";

/// The number that an item without a key is called by, from 0.
std::optional<std::uint64_t> number_of(std::string_view key) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (error != std::errc() || end != key.data() + key.size() || number == 0) return std::nullopt;
  return number - 1;
}

class SqliteReader final : public LedgerReader {
 public:
  SqliteReader(std::filesystem::path folder, std::unique_ptr<Database> database, VerdictRows rows,
               std::vector<std::string> step_names)
      : folder_(std::move(folder)),
        database_(std::move(database)),
        rows_(std::move(rows)),
        step_names_(std::move(step_names)),
        ancestry_(rows_, step_names_) {}

  Result<LedgerOverview> overview() override;
  Result<std::vector<ErrorClass>> error_classes() override;
  Result<Seq> records(Seq after, std::size_t rows_max, const Visit& visit) override;
  Result<Seq> failures(std::string_view kind, Seq after, std::size_t rows_max,
                       const Visit& visit) override;
  Status find(std::string_view key, const Visit& visit) override;
  Result<LedgerCheck> check() override;

 private:
  Status show(const StoredVerdict& row, const Visit& visit);
  Status show(Seq seq, const Visit& visit);
  Result<std::vector<Seq>> seqs(Statement& query);

  std::filesystem::path folder_;
  std::unique_ptr<Database> database_;
  VerdictRows rows_;
  std::vector<std::string> step_names_;
  Ancestry ancestry_;
};

Status SqliteReader::show(const StoredVerdict& row, const Visit& visit) {
  const RecordFacts facts{.item = row.item,
                          .started_ms = row.started_ms,
                          .elapsed_us = row.elapsed_us,
                          .bytes = row.bytes,
                          .origin = row.origin,
                          .leaf = row.leaf,
                          .redone = row.redone};
  return with_record(row, ancestry_, step_names_,
                     [&](const Record& record) { return visit(record, facts); });
}

Status SqliteReader::show(Seq seq, const Visit& visit) {
  PENSTOCK_TRY(row, rows_.find(seq));
  return show(row, visit);
}

/// Narrow rows are sorted, wide ones looked up.
Result<std::vector<Seq>> SqliteReader::seqs(Statement& query) {
  std::vector<Seq> found;
  for (;;) {
    PENSTOCK_TRY(next, query.step());
    if (!next) return found;
    found.push_back(Seq{query.number(0)});
  }
}

Result<LedgerOverview> SqliteReader::overview() {
  const auto snapshot = Snapshot::begin(*database_);
  if (!snapshot) return snapshot.error();
  PENSTOCK_TRY(standing, read_standing(*database_, Trust::summary));
  PENSTOCK_TRY(state, read_state(*database_, standing));
  PENSTOCK_TRY(cursors, read_cursors(*database_));
  PENSTOCK_TRY(created, read_fact(*database_, "created"));
  PENSTOCK_TRY(clean, read_fact(*database_, "clean"));
  LedgerOverview overview{.created_ms = created,
                          .closed_cleanly = clean != 0,
                          .last_seq = standing.last_seq(),
                          .leaves = state.leaves,
                          .step_names = step_names_,
                          .settled = std::move(state.settled_counts)};
  for (const auto& [queue, items] : state.pending) overview.pending[queue.first] += items;
  overview.sinks.insert(cursors.begin(), cursors.end());
  overview.notes = std::move(state.notes);
  overview.source_settled = std::move(state.settled);
  overview.source_sum = state.settled_sum;
  return overview;
}

Result<std::vector<ErrorClass>> SqliteReader::error_classes() {
  const auto snapshot = Snapshot::begin(*database_);
  if (!snapshot) return snapshot.error();
  PENSTOCK_TRY(row, database_->prepare(kErrorClasses));
  std::vector<ErrorClass> classes;
  for (;;) {
    PENSTOCK_TRY(found, row.step());
    if (!found) return classes;
    PENSTOCK_TRY(example, rows_.find(Seq{row.number(4)}));
    classes.push_back({.kind = std::string(row.text(0)),
                       .step = example.item.step(),
                       .status = example.status,
                       .items = row.number(3),
                       .example = example.seq,
                       .example_key = shown_key(example.item, example.key),
                       .example_error = std::move(example.error)});
  }
}

Result<Seq> SqliteReader::records(Seq after, std::size_t rows_max, const Visit& visit) {
  const auto snapshot = Snapshot::begin(*database_);
  if (!snapshot) return snapshot.error();
  PENSTOCK_TRY(last, database_->query_integer("SELECT max(seq) FROM verdict"));
  const Seq end{std::max(static_cast<std::uint64_t>(last), static_cast<std::uint64_t>(after))};
  return rows_.leaves(after, end, rows_max,
                      [&](const StoredVerdict& row) { return show(row, visit); });
}

Result<Seq> SqliteReader::failures(std::string_view kind, Seq after, std::size_t rows_max,
                                   const Visit& visit) {
  const auto snapshot = Snapshot::begin(*database_);
  if (!snapshot) return snapshot.error();
  PENSTOCK_TRY(query, database_->prepare(kind.empty() ? kFailed : kOfKind));
  query.bind(1, kind).bind(2, static_cast<std::uint64_t>(after)).bind(3, std::uint64_t{rows_max});
  PENSTOCK_TRY(found, seqs(query));
  for (const Seq seq : found) PENSTOCK_CHECK(show(seq, visit));
  return found.empty() ? after : found.back();
}

Status SqliteReader::find(std::string_view key, const Visit& visit) {
  const auto snapshot = Snapshot::begin(*database_);
  if (!snapshot) return snapshot.error();
  PENSTOCK_TRY(query, database_->prepare(kOfKey));
  query.bind(1, key);
  if (const auto number = number_of(key)) query.bind(2, *number);
  PENSTOCK_TRY(found, seqs(query));
  for (const Seq seq : found) PENSTOCK_CHECK(show(seq, visit));
  return ok();
}

Result<LedgerCheck> SqliteReader::check() {
  const auto snapshot = Snapshot::begin(*database_);
  if (!snapshot) return snapshot.error();
  return check_ledger(*database_, folder_);
}

Result<std::vector<std::string>> read_step_names(Database& database) {
  PENSTOCK_TRY(row, database.prepare("SELECT name FROM step ORDER BY step"));
  std::vector<std::string> names;
  for (;;) {
    PENSTOCK_TRY(found, row.step());
    if (!found) return names;
    names.emplace_back(row.text(0));
  }
}

Result<std::unique_ptr<LedgerReader>> open_as(const std::filesystem::path& folder, Access access) {
  PENSTOCK_TRY(opened, Database::open(folder / kDatabaseName, access));
  auto database = std::make_unique<Database>(std::move(opened));
  PENSTOCK_CHECK(check_database(*database));
  PENSTOCK_TRY(rows, VerdictRows::open(*database, folder));
  PENSTOCK_TRY(step_names, read_step_names(*database));
  return std::unique_ptr<LedgerReader>(std::make_unique<SqliteReader>(
      folder, std::move(database), std::move(rows), std::move(step_names)));
}

}  // namespace

Result<std::unique_ptr<LedgerReader>> open_ledger_reader(const std::filesystem::path& folder) {
  PENSTOCK_CHECK(find_database(folder));
  auto reader = open_as(folder, Access::read);
  if (reader || reader.error().code != Errc::system) return reader;
  // In a folder where nothing can be written there is no shared memory for the WAL. If the ledger
  // was closed, it needs none.
  std::filesystem::path wal = folder / kDatabaseName;
  wal += "-wal";
  PENSTOCK_TRY(found, os::file_state(wal));
  if (found && found->size_bytes > 0) return reader;
  return open_as(folder, Access::read_immutable);
}

}  // namespace penstock
