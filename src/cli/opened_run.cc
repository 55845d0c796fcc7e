// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A living run is told by its socket: whoever listens there is the engine.
#include "cli/opened_run.h"

#include <cerrno>
#include <system_error>

#include "os/local_socket.h"
#include "os/system_error.h"

namespace penstock::cli {

Result<OpenedRun> open_run(const Arguments& arguments) {
  OpenedRun run;
  PENSTOCK_TRY(place, find_run(arguments.text("RUN").value_or("")));
  PENSTOCK_TRY(reader, open_ledger_reader(place.folder));
  PENSTOCK_TRY(overview, reader->overview());
  return OpenedRun{std::move(place), std::move(reader), std::move(overview)};
}

std::string job_file_note(const RunPlace& place, const std::filesystem::path& job_file) {
  return job_file.lexically_relative(place.folder).string();
}

std::filesystem::path job_file_of(const OpenedRun& run) {
  const auto noted = run.overview.notes.find("job.file");
  if (noted != run.overview.notes.end()) {
    const auto file = (run.place.folder / noted->second).lexically_normal();
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) return file;
  }
  std::filesystem::path beside = run.place.folder;
  return beside.replace_extension(".toml");
}

bool is_beside(const RunPlace& place, const std::filesystem::path& path) {
  std::error_code failed;  // What cannot be followed to its place is not here.
  const auto home = std::filesystem::weakly_canonical(place.folder.parent_path(), failed);
  if (failed) return false;
  const auto real = std::filesystem::weakly_canonical(path, failed);
  if (failed) return false;
  const std::filesystem::path way = real.lexically_relative(home);
  return !way.empty() && *way.begin() != "..";
}

Operand run_operand() {
  return {"RUN", "The run: its folder, its job file, or the name of either without its ending.",
          Presence::required, Completes::runs};
}

bool is_running(const RunPlace& place) {
  return os::connect_local(place.control_socket()).has_value();
}

Result<std::vector<report::ErrorClass>> failure_classes(
    LedgerReader& reader, const std::vector<std::string>& step_names) {
  PENSTOCK_TRY(found, reader.error_classes());
  std::vector<report::ErrorClass> classes;
  for (penstock::ErrorClass& one : found) {
    if (one.status != ItemStatus::failed && one.status != ItemStatus::poisoned) continue;
    const auto step = static_cast<std::size_t>(one.step);
    classes.push_back({.kind = std::move(one.kind),
                       .step = step < step_names.size() ? step_names[step] : "?",
                       .count = static_cast<std::int64_t>(one.items),
                       .key = std::move(one.example_key),
                       .message = std::move(one.example_error)});
  }
  return classes;
}

ExitCode refuse(const Error& error, Console& console) {
  console.complain(error.message);
  return exit_code_of(error);
}

ExitCode written(Console& console) {
  // A reader that has seen enough (`| head`) is no failure of ours.
  if (console.out_error() == 0 || console.out_error() == EPIPE) return ExitCode::done;
  console.complain(os::system_error("write", "standard output", console.out_error()).message);
  return ExitCode::system;
}

}  // namespace penstock::cli
