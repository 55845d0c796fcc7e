// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A run that is looked at: its place, its ledger, and what all looking commands do alike.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger_reader.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/console.h"
#include "cli/run_place.h"
#include "report/summary.h"

namespace penstock::cli {

struct OpenedRun {
  RunPlace place;
  std::unique_ptr<LedgerReader> reader;
  LedgerOverview overview;
};

/// The run that operand RUN names. Errors: invalid "run.missing", what the ledger says.
Result<OpenedRun> open_run(const Arguments& arguments);

/// How a run notes its job file: by the way from its folder, so that both may move together.
std::string job_file_note(const RunPlace& place, const std::filesystem::path& job_file);

/// The job file that a run was started from: as it was noted, else beside the run's folder.
std::filesystem::path job_file_of(const OpenedRun& run);

/// Whether this lies in the folder that holds the run, or below: the record may be from somebody
/// else, and what it names elsewhere is left alone unless the user asks for it.
bool is_beside(const RunPlace& place, const std::filesystem::path& path);

/// The operand of every command that takes a run.
Operand run_operand();

/// Whether an engine works on it now.
bool is_running(const RunPlace& place);

/// Failures by kind and step, the most frequent first; `skipped` ones are left out.
Result<std::vector<report::ErrorClass>> failure_classes(LedgerReader& reader,
                                                        const std::vector<std::string>& step_names);

/// What happened instead, on err; the code to leave with.
ExitCode refuse(const Error& error, Console& console);

/// `done` if everything could be written to standard output, or its reader has seen enough.
ExitCode written(Console& console);

}  // namespace penstock::cli
