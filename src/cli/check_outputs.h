// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whether the outputs of a run hold as many rows as its ledger says, without believing what either
// noted about the other.
#pragma once

#include <penstock/error.h>

#include <string>
#include <vector>

#include "cli/opened_run.h"

namespace penstock::cli {

struct OutputCheck {
  std::string words;  ///< "jsonl pages.jsonl: 18,564 rows"
  bool sound = true;
};

/// One for each output that the ledger knows. JSON lines and CSV are counted row by row; an SQLite
/// table is counted; of files and streams it is checked that they stand at the last record.
/// Errors: corrupt, system. Blocks: as long as reading all outputs takes.
Result<std::vector<OutputCheck>> check_outputs(OpenedRun& run);

}  // namespace penstock::cli
