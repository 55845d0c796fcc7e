// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a job may know of the process around it is gathered here: the environment, the processors,
// and the user's proxy.
#include "cli/load_job_file.h"

#include "cli/proxy_variables.h"
#include "os/file.h"
#include "os/proc_stat.h"
#include "report/safe_text.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kJobBytesMax = std::size_t{1} << 20U;

Result<std::string> read_text(const std::filesystem::path& path) {
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::read));
  return file.read_all(kJobBytesMax);
}

}  // namespace

std::optional<job::Job> load_job_file(const std::filesystem::path& file,
                                      const job::Overrides& overrides, Console& console) {
  Result<std::string> text = read_text(file);
  if (!text) {
    console.complain(text.error().message);
    return std::nullopt;
  }
  const job::Surroundings surroundings{
      .variable = [&console](std::string_view name) { return console.variable(name); },
      .processors = os::usable_cpus(),
      .proxy = proxy_of([&console](std::string_view name) { return console.variable(name); })};
  job::Loaded loaded = job::load_job(file, std::move(*text), overrides, surroundings);
  for (const catalog::Problem& problem : loaded.problems) {
    const std::string place = problem.at.line > 0 ? file.string() : "penstock";
    console.err(report::safe_text(to_string(problem, place)) + "\n");
  }
  return std::move(loaded.job);
}

}  // namespace penstock::cli
