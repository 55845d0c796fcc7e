// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Verdicts read back from table `verdict` and the segments. It writes nothing.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "ledger/ancestry.h"
#include "ledger/segments.h"
#include "ledger/sqlite.h"

namespace penstock::ledger {

/// What an item from the source holds; none for others. The columns are those of its fingerprint,
/// which is stored if it cannot be told from the value, and of its value.
Fingerprint stored_content(const Statement& row, ItemId item, int content, int value);

/// A verdict as it stands in the ledger: `context` and `children` are empty.
struct StoredVerdict : Verdict {
  bool redone = false;
};

/// Errors of all members: corrupt (no such verdict, a damaged output), system.
/// Threads: that of the connection.
class VerdictRows final : public VerdictTexts {
 public:
  /// `database` is borrowed.
  static Result<VerdictRows> open(Database& database, const std::filesystem::path& folder);

  Result<Lineage> lineage(Seq seq) override;
  Result<Texts> texts(Seq seq) override;

  /// With the output of its origin, if it shares one.
  Result<StoredVerdict> find(Seq seq);

  /// Leaves that stand, behind `after` and up to `last`, in order of seq: at most `rows_max` of
  /// them. The seq up to which all were given.
  using Visit = std::function<Status(const StoredVerdict&)>;
  Result<Seq> leaves(Seq after, Seq last, std::size_t rows_max, const Visit& visit);

  /// Fill in a verdict from the columns that kColumns names. Also used by other queries of them.
  static constexpr std::string_view kColumns =
      "seq, item, parent, idx, status, leaf, redone, attempts, started, elapsed, bytes, origin, "
      "place, content, kind, error, key, value, output";
  Result<StoredVerdict> read(const Statement& row);

 private:
  struct Statements {
    Statement lineage;
    Statement texts;
    Statement find;
    Statement leaves;
    Statement segment;
  };

  VerdictRows(Statements statements, std::int64_t created_ms, SegmentReader segments)
      : statements_(std::move(statements)),
        created_ms_(created_ms),
        segments_(std::move(segments)) {}

  Result<std::string> output_at(Seq seq, Place place);
  Result<std::string> output_of(Seq seq);

  Statements statements_;
  std::int64_t created_ms_;
  SegmentReader segments_;
};

}  // namespace penstock::ledger
