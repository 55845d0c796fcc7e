// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Only what is named here is ever removed: a folder may hold a user's files as well.
#include "cli/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;

/// The lock goes last: as long as it is there, it can be held. Files that a killed engine had only
/// begun (*.new, *.tmp, *-journal) are of it as well.
constexpr std::array kNames{
    "control.sock",  "files",
    "job.toml",      "job.toml.new",
    "logs",          "segments",
    "stdin.spool",   "census.tmp",
    "old.tmp",       "new.tmp",
    "carried.tmp",   "removed.tmp",
    "ledger.db.new", "ledger.db.new-journal",
    "ledger.db-wal", "ledger.db-shm",
    "ledger.db",     "ledger.lock",
};

bool is_of_a_run(const fs::path& path) {
  return std::find(kNames.begin(), kNames.end(), path.filename().string()) != kNames.end();
}

Error cannot_remove(const fs::path& path, const std::error_code& failed) {
  return {Errc::system, fmt::format("remove {}: {}", path.string(), failed.message()),
          "system.remove"};
}

}  // namespace

Status check_is_free_for_run(const job::Job& job, const RunPlace& place) {
  std::error_code failed;
  if (fs::equivalent(place.folder, job.folder, failed)) {
    return Error{Errc::invalid,
                 fmt::format("{} is the folder of the job file: choose another for --run",
                             place.folder.string()),
                 "run.foreign"};
  }
  if (fs::exists(place.ledger_file(), failed)) return ok();
  for (const fs::directory_entry& entry : fs::directory_iterator(place.folder, failed)) {
    if (is_of_a_run(entry.path())) continue;
    return Error{Errc::invalid,
                 fmt::format("{} is no run's folder, it holds {}: choose another for --run",
                             place.folder.string(), entry.path().filename().string()),
                 "run.foreign"};
  }
  return ok();
}

Status remove_record(const RunPlace& place) {
  std::error_code failed;
  for (const char* name : kNames) {
    const fs::path path = place.folder / name;
    fs::remove_all(path, failed);
    if (failed) return cannot_remove(path, failed);
  }
  fs::remove(place.folder, failed);
  const bool has_more = failed == std::errc::directory_not_empty;
  return failed && !has_more ? Status(cannot_remove(place.folder, failed)) : ok();
}

}  // namespace penstock::cli
