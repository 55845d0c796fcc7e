// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A folder is a run if it holds a ledger: names alone prove nothing.
#include "cli/run_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "core/edit_distance.h"

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;

bool is_run(const fs::path& folder) {
  std::error_code ignored;  // What cannot be looked at is no run of ours.
  return fs::is_regular_file(folder / "ledger.db", ignored);
}

/// Relative to where the user is, if that is shorter; without the ending.
std::string name_of(const fs::path& folder) {
  const fs::path here = folder.lexically_relative(fs::current_path());
  const bool is_below = !here.empty() && *here.begin() != "..";
  const std::string shown = (is_below ? here : folder).string();
  return shown.ends_with(".run") ? shown.substr(0, shown.size() - 4) : shown;
}

RunPlace place_of(const fs::path& folder) {
  const fs::path absolute = fs::absolute(folder).lexically_normal();
  return {absolute, name_of(absolute)};
}

fs::path with_ending(fs::path path, const char* ending) {
  path += ending;
  return path;
}

Error no_run(const std::string& word) {
  const fs::path parent = fs::path(word).has_parent_path() ? fs::path(word).parent_path() : ".";
  std::vector<std::string> known;
  for (const RunPlace& run : runs_in(parent)) known.push_back(run.name);
  const std::string_view nearest = nearest_word(word, known);
  return {Errc::invalid,
          fmt::format("there is no run {}{}; `penstock list` shows all in a folder", word,
                      nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)),
          "run.missing"};
}

}  // namespace

RunPlace place_of_job(const fs::path& job_file, const std::optional<std::string>& chosen) {
  if (chosen) return place_of(*chosen);
  fs::path folder = job_file;
  return place_of(folder.replace_extension(".run"));
}

Result<RunPlace> find_run(const std::string& word) {
  const fs::path path(word);
  if (is_run(path)) return place_of(path);
  if (const fs::path folder = with_ending(path, ".run"); is_run(folder)) return place_of(folder);
  fs::path beside = path;
  if (path.extension() == ".toml" && is_run(beside.replace_extension(".run")))
    return place_of(beside);
  return no_run(word);
}

std::vector<RunPlace> runs_in(const fs::path& folder) {
  std::vector<RunPlace> runs;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed))
    if (is_run(entry.path())) runs.push_back(place_of(entry.path()));
  std::sort(runs.begin(), runs.end(),
            [](const RunPlace& a, const RunPlace& b) { return a.name < b.name; });
  return runs;
}

}  // namespace penstock::cli
