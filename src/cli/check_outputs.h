// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whether the outputs of a run hold as many rows as its ledger says, without believing what either
// noted about the other.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <string>
#include <vector>

#include "cli/opened_run.h"

namespace penstock::cli {

/// Whether outputs are opened that do not stand beside the run.
enum class Outside : std::uint8_t { leave, open };

struct OutputCheck {
  enum class Finding : std::uint8_t { sound, wrong, unopened };
  std::string words;  ///< "jsonl pages.jsonl: 18,564 rows"
  Finding finding = Finding::sound;
};

/// One for each output that the ledger knows. Only regular files are opened. JSON lines and CSV are
/// counted row by row; an SQLite table is counted; of files and streams it is checked that they
/// stand at the last record. Errors: corrupt, system. Blocks: as long as reading all outputs takes.
Result<std::vector<OutputCheck>> check_outputs(OpenedRun& run, Outside outside);

}  // namespace penstock::cli
