// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What earlier engines have left in a ledger, and what spares the next one reading all of it.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "ledger/rendering.h"
#include "ledger/segments.h"
#include "ledger/sqlite.h"
#include "ledger/standing.h"

namespace penstock::ledger {

/// An entry of table `run`; 0 if there is none.
Result<std::int64_t> read_fact(Database& database, std::string_view name);

enum class Trust : std::uint8_t {
  summary,  ///< Read the summary, and scan what has come since.
  rows,     ///< Scan everything.
};

/// Errors: corrupt (a gap between seqs, an unknown status), system.
Result<Standing> read_standing(Database& database, Trust trust);

/// All of the state but `closed_cleanly`.
Result<LedgerState> read_state(Database& database, const Standing& standing);

/// So that the next engine need not scan. REQUIRES: a transaction, or that nobody else writes.
Status store_summary(Database& database, const Standing& standing);

Result<SinkCursors> read_cursors(Database& database);
Result<std::vector<SegmentState>> read_segments(Database& database);

/// Refuse to write the output of this name anew if answers that stand in it were not kept: they
/// would be lost. Folders of files keep what they have. Errors: rejected "output.not_kept".
Status check_can_be_written_anew(Database& database, std::string_view sink);

}  // namespace penstock::ledger
