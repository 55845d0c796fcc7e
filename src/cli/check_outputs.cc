// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which rows an output takes (all, the good, the failed) is the job's affair; here its number of
// rows must be one of the three that the ledger knows, and is named.
#include "cli/check_outputs.h"

#include <fmt/format.h>
#include <penstock/sources.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "core/json.h"
#include "os/file.h"
#include "report/words.h"
#include "sinks/database.h"

namespace penstock::cli {
namespace {

using Finding = OutputCheck::Finding;

constexpr std::size_t kPageRows = 1000;

struct LeafCounts {
  std::uint64_t good = 0;
  std::uint64_t failed = 0;
  std::uint64_t doubled = 0;  // Of the good ones: second rows of a key.
};

std::string words(std::uint64_t count) {
  return report::count_words(static_cast<std::int64_t>(count));
}

Result<LeafCounts> count_leaves(LedgerReader& reader) {
  LeafCounts counts;
  const auto visit = [&counts](const Record& record, const RecordFacts& facts) {
    if (!facts.leaf || facts.redone) return ok();
    const bool failed =
        record.status == ItemStatus::failed || record.status == ItemStatus::poisoned;
    ++(failed ? counts.failed : counts.good);
    counts.doubled += record.kind == "input.duplicate_key" ? 1 : 0;
    return ok();
  };
  for (Seq after{};;) {
    PENSTOCK_TRY(next, reader.records(after, kPageRows, visit));
    if (next == after) return counts;
    after = next;
  }
}

/// Lines that end outside of quotes; with `quotes` none, simply lines.
Result<std::uint64_t> count_lines(const std::string& path, bool has_quotes) {
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::read));
  std::array<char, 64 * 1024> room{};
  std::uint64_t lines = 0;
  bool quoted = false;
  for (std::uint64_t at = 0;;) {
    PENSTOCK_TRY(length, file.read_at(at, room));
    if (length == 0) return lines;
    for (const char c : std::string_view(room.data(), length)) {
      if (has_quotes && c == '"') quoted = !quoted;  // A doubled quote toggles twice.
      if (c == '\n' && !quoted) ++lines;
    }
    at += length;
  }
}

/// A query's first row; an empty object if there is none.
Result<json::Document> first_row(const std::string& path, std::string query) {
  PENSTOCK_TRY(source, open_sqlite_query({.file = path, .query = std::move(query)}));
  std::vector<SourceItem> items;
  PENSTOCK_CHECK(source->read(1, items));
  return json::Document::parse(items.empty() ? "{}" : items.front().value);
}

/// The table whose place in the file is this run's.
Result<std::uint64_t> count_table(const std::string& path, const SinkCursor& cursor) {
  PENSTOCK_TRY(place, first_row(path, fmt::format("SELECT result_table AS x FROM penstock_cursor "
                                                  "WHERE token = {}",
                                                  cursor.inode)));
  const auto table = place.root().member("x");
  if (!table) return Error{Errc::rejected, "it has no table of this run", "output.foreign"};
  PENSTOCK_TRY(counted,
               first_row(path, "SELECT count(*) AS x FROM " + sinks::sql_name(table->text())));
  const auto count = counted.root().member("x");
  return static_cast<std::uint64_t>(count ? count->integer().value_or(0) : 0);
}

/// Anything else than a file may never end, or do something when it is opened.
Status check_is_file(const std::filesystem::path& path) {
  std::error_code failed;
  const std::filesystem::file_status found = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(found) || std::filesystem::is_regular_file(found)) return ok();
  return Error{Errc::rejected, "it is no regular file", "output.foreign"};
}

Result<std::uint64_t> count_rows(std::string_view kind, const std::string& path,
                                 const SinkCursor& cursor) {
  PENSTOCK_CHECK(check_is_file(path));
  if (kind == "sqlite") return count_table(path, cursor);
  PENSTOCK_TRY(lines, count_lines(path, kind == "csv"));
  const bool has_header = kind == "csv" && lines > 0;
  return lines - (has_header ? 1 : 0);
}

OutputCheck judge(const std::string& head, std::uint64_t rows, const LeafCounts& leaves) {
  const std::uint64_t all = leaves.good + leaves.failed;
  if (rows == all) return {fmt::format("{}: {} rows, all results", head, words(rows))};
  if (rows == leaves.good)
    return {fmt::format("{}: {} rows, all that succeeded", head, words(rows))};
  if (rows == leaves.failed)
    return {fmt::format("{}: {} rows, all that failed", head, words(rows))};
  return {fmt::format("{}: {} rows, but the ledger has {} results ({} failed)", head, words(rows),
                      words(all), words(leaves.failed)),
          Finding::wrong};
}

OutputCheck check_output(const std::string& name, const SinkCursor& cursor, const OpenedRun& run,
                         const LeafCounts& leaves, Outside outside) {
  const std::size_t colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  const std::string path = colon == name.npos ? "" : name.substr(colon + 1);
  const std::string head = kind + " " + path;
  const bool is_table = kind == "jsonl" || kind == "csv" || kind == "sqlite";
  if (!is_table)
    return {fmt::format("{}: written up to record {} of {}", head, words(cursor.seq),
                        words(run.overview.last_seq)),
            cursor.seq == run.overview.last_seq || !run.overview.closed_cleanly ? Finding::sound
                                                                                : Finding::wrong};
  const std::filesystem::path file = (job_file_of(run).parent_path() / path).lexically_normal();
  if (outside == Outside::leave && !is_beside(run.place, file))
    return {fmt::format("{}: not opened, {} is outside of {}; --outside opens it", head,
                        file.string(), run.place.folder.parent_path().string()),
            Finding::unopened};
  const Result<std::uint64_t> rows = count_rows(kind, file.string(), cursor);
  if (!rows) return {fmt::format("{}: {}", head, rows.error().message), Finding::wrong};
  LeafCounts expected = leaves;
  if (kind == "sqlite") expected.good -= leaves.doubled;  // A table has one row a key.
  OutputCheck check = judge(head, *rows, expected);
  if (check.finding == Finding::wrong && !run.overview.closed_cleanly) {
    check.words += "; the run was killed, and its next start writes the rest";
    check.finding = Finding::sound;
  }
  return check;
}

}  // namespace

Result<std::vector<OutputCheck>> check_outputs(OpenedRun& run, Outside outside) {
  PENSTOCK_TRY(leaves, count_leaves(*run.reader));
  std::vector<OutputCheck> checks;
  for (const auto& [name, cursor] : run.overview.sinks)
    checks.push_back(check_output(name, cursor, run, leaves, outside));
  return checks;
}

}  // namespace penstock::cli
