// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where runs stand: a folder `NAME.run` beside `NAME.toml`, or wherever --run said. It looks at
// names; what is inside is the ledger's.
#pragma once

#include <penstock/error.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace penstock::cli {

struct RunPlace {
  std::filesystem::path folder;  ///< Absolute.
  std::string name;              ///< As other commands take it: "pages", or a path.

  std::filesystem::path ledger_file() const { return folder / "ledger.db"; }
  std::filesystem::path lock_file() const { return folder / "ledger.lock"; }
  std::filesystem::path job_copy() const { return folder / "job.toml"; }
  std::filesystem::path control_socket() const { return folder / "control.sock"; }
  std::filesystem::path files_folder() const { return folder / "files"; }
  std::filesystem::path logs_folder() const { return folder / "logs"; }
  std::filesystem::path spool() const { return folder / "stdin.spool"; }
};

/// The place of a job's run; `chosen` is what --run said.
RunPlace place_of_job(const std::filesystem::path& job_file,
                      const std::optional<std::string>& chosen);

/// The run that a word on the command line means: a folder, a job file, or either without its
/// ending. Errors: invalid "run.missing", naming the nearest run beside it.
Result<RunPlace> find_run(const std::string& word);

/// All runs in a folder, by name. A folder that cannot be read has none.
std::vector<RunPlace> runs_in(const std::filesystem::path& folder);

}  // namespace penstock::cli
