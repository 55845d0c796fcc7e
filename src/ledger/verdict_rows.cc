// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rows become verdicts. Numbers are judged before they become enumerators: the file may be damaged.
#include "ledger/verdict_rows.h"

#include <fmt/format.h>

#include <utility>

#include "core/fingerprint.h"
#include "ledger/standing.h"

namespace penstock::ledger {
namespace {

constexpr std::string_view kSegments = "segments";

Error no_verdict(Seq seq) {
  return Error{
      .code = Errc::corrupt,
      .message = fmt::format("verdict {} is not in the ledger", static_cast<std::uint64_t>(seq)),
      .kind = "ledger.corrupt"};
}

/// A statement that is positioned on a row is reset whatever happens.
class Reset {
 public:
  explicit Reset(Statement& statement) : statement_(statement) {}
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;
  ~Reset() { statement_.reset(); }

 private:
  Statement& statement_;
};

}  // namespace

Fingerprint stored_content(const Statement& row, ItemId item, int content, int value) {
  if (!is_from_source(item)) return {};
  return row.is_null(content) ? fingerprint(row.text(value)) : row.fingerprint(content);
}

Result<VerdictRows> VerdictRows::open(Database& database, const std::filesystem::path& folder) {
  PENSTOCK_TRY(created, database.query_integer("SELECT value FROM run WHERE name = 'created'"));
  const std::string columns(kColumns);
  Statements statements;
  const std::pair<Statement*, std::string> all[] = {
      {&statements.lineage, "SELECT item, parent, key FROM verdict WHERE seq = ?"},
      {&statements.texts, "SELECT value, output, place, origin FROM verdict WHERE seq = ?"},
      {&statements.find, "SELECT " + columns + " FROM verdict WHERE seq = ?"},
      {&statements.leaves, "SELECT " + columns +
                               " FROM verdict WHERE seq > ? AND seq <= ? AND leaf = 1 AND "
                               "redone = 0 ORDER BY seq LIMIT ?"},
      {&statements.segment, "SELECT kept FROM segment WHERE number = ?"},
  };
  for (const auto& [statement, sql] : all) {
    PENSTOCK_TRY(prepared, database.prepare(sql));
    *statement = std::move(prepared);
  }
  return VerdictRows(std::move(statements), created, SegmentReader(folder / kSegments));
}

Result<Lineage> VerdictRows::lineage(Seq seq) {
  Statement& row = statements_.lineage;
  const Reset reset(row);
  PENSTOCK_TRY(found, row.bind(1, static_cast<std::uint64_t>(seq)).step());
  if (!found) return no_verdict(seq);
  return Lineage{ItemId{row.number(0)}, Seq{row.number(1)}, std::string(row.text(2))};
}

Result<Texts> VerdictRows::texts(Seq seq) {
  Texts texts;
  Seq origin{};
  Place place{};
  {
    Statement& row = statements_.texts;
    const Reset reset(row);
    PENSTOCK_TRY(found, row.bind(1, static_cast<std::uint64_t>(seq)).step());
    if (!found) return no_verdict(seq);
    texts = Texts{std::string(row.text(0)), std::string(row.text(1))};
    place = Place{row.number(2)};
    origin = Seq{row.number(3)};
  }
  PENSTOCK_TRY(output, origin != Seq{} ? output_of(origin) : output_at(seq, place));
  if (!output.empty()) texts.output = std::move(output);
  return texts;
}

/// Of a verdict that others share; it shares nobody's.
Result<std::string> VerdictRows::output_of(Seq seq) {
  std::string output;
  Place place{};
  {
    Statement& row = statements_.texts;
    const Reset reset(row);
    PENSTOCK_TRY(found, row.bind(1, static_cast<std::uint64_t>(seq)).step());
    if (!found) return no_verdict(seq);
    output = row.text(1);
    place = Place{row.number(2)};
  }
  if (place == Place{}) return output;
  return output_at(seq, place);
}

Result<std::string> VerdictRows::output_at(Seq seq, Place place) {
  if (place == Place{}) return std::string();
  PENSTOCK_TRY(text, segments_.read(seq, place));
  if (text) return std::move(*text);
  Statement& row = statements_.segment;
  const Reset reset(row);
  PENSTOCK_TRY(known, row.bind(1, segment_of(place)).step());
  if (!known || row.integer(0) == 0) return std::string();  // It was not to be kept.
  return Error{.code = Errc::corrupt,
               .message = fmt::format("{}/{} is gone", kSegments, segment_name(segment_of(place))),
               .kind = "ledger.corrupt"};
}

Result<StoredVerdict> VerdictRows::find(Seq seq) {
  Statement& row = statements_.find;
  const Reset reset(row);
  PENSTOCK_TRY(found, row.bind(1, static_cast<std::uint64_t>(seq)).step());
  if (!found) return no_verdict(seq);
  return read(row);
}

Result<Seq> VerdictRows::leaves(Seq after, Seq last, std::size_t rows_max, const Visit& visit) {
  Statement& row = statements_.leaves;
  const Reset reset(row);
  row.bind(1, static_cast<std::uint64_t>(after)).bind(2, static_cast<std::uint64_t>(last));
  row.bind(3, std::uint64_t{rows_max});
  Seq reached = after;
  for (std::size_t rows = 0; rows < rows_max; ++rows) {
    PENSTOCK_TRY(found, row.step());
    if (!found) return last;
    PENSTOCK_TRY(verdict, read(row));
    PENSTOCK_CHECK(visit(verdict));
    reached = verdict.seq;
  }
  return reached;
}

Result<StoredVerdict> VerdictRows::read(const Statement& row) {
  StoredVerdict verdict;
  verdict.seq = Seq{row.number(0)};
  verdict.item = ItemId{row.number(1)};
  verdict.parent = Seq{row.number(2)};
  verdict.index = static_cast<std::uint32_t>(row.number(3));
  const std::uint64_t status = row.number(4);
  if (status < 1 || status > 5) return no_verdict(verdict.seq);
  verdict.status = static_cast<ItemStatus>(status);
  verdict.leaf = row.integer(5) != 0;
  verdict.redone = row.integer(6) != 0;
  verdict.attempts = static_cast<std::uint32_t>(row.number(7));
  verdict.started_ms = row.is_null(8) ? 0 : row.integer(8) + created_ms_;
  verdict.elapsed_us = row.integer(9);
  verdict.bytes = row.number(10);
  verdict.origin = Seq{row.number(11)};
  const Place place{row.number(12)};
  verdict.kind = row.text(14);
  verdict.error = row.text(15);
  verdict.key = row.text(16);
  verdict.value = row.text(17);
  verdict.content = stored_content(row, verdict.item, 13, 17);
  if (verdict.origin != Seq{}) {
    PENSTOCK_TRY(shared, output_of(verdict.origin));
    verdict.output = std::move(shared);
  } else if (place != Place{}) {
    PENSTOCK_TRY(stored, output_at(verdict.seq, place));
    verdict.output = std::move(stored);
  } else {
    verdict.output = row.text(18);
  }
  return verdict;
}

}  // namespace penstock::ledger
