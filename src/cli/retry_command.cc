// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock retry RUN`: take failures back and run what is pending.
#include <fmt/format.h>
#include <penstock/ledger_editor.h>

#include <algorithm>
#include <utility>

#include "cli/commands.h"
#include "cli/drive_job.h"
#include "cli/load_job_file.h"
#include "cli/opened_run.h"
#include "cli/prepare_run.h"
#include "cli/run_options.h"
#include "core/edit_distance.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

Result<std::optional<StepIndex>> step_of(const OpenedRun& run, const Arguments& arguments) {
  const auto name = arguments.text("--step");
  if (!name) return std::optional<StepIndex>();
  const std::vector<std::string>& names = run.overview.step_names;
  const auto found = std::find(names.begin(), names.end(), *name);
  if (found != names.end())
    return std::optional<StepIndex>(static_cast<StepIndex>(found - names.begin()));
  const std::string_view nearest = nearest_word(*name, names);
  return Error{Errc::invalid,
               fmt::format("the run has no step {}{}", *name,
                           nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)),
               "usage"};
}

/// A record from somebody else may name any file as its job: only one that stands beside it is run
/// unasked.
Result<std::string> job_file_to_run(const OpenedRun& run, const Arguments& arguments) {
  if (const auto said = arguments.text("--job")) return *said;
  const std::filesystem::path file = job_file_of(run);
  if (is_beside(run.place, file)) return file.string();
  return Error{Errc::invalid,
               fmt::format("the run names {} as its job file, outside of {}: say --job {} if that "
                           "is the one to run",
                           file.string(), run.place.folder.parent_path().string(), file.string()),
               "run.elsewhere"};
}

Result<std::uint64_t> count(const RunPlace& place, const FailureSelection& selection) {
  PENSTOCK_TRY(editor, open_ledger_editor(place.folder));
  return editor->count_failed(selection);
}

Result<ExitCode> retry(const Arguments& arguments, Console& console) {
  PENSTOCK_TRY(overrides, read_overrides(arguments));
  PENSTOCK_TRY(run, open_run(arguments));
  PENSTOCK_TRY(job_file, job_file_to_run(run, arguments));
  const std::optional<job::Job> job = load_job_file(job_file, overrides, console);
  if (!job) return ExitCode::usage;
  run.reader.reset();  // The workers' ancestor must not hold a database open.
  PENSTOCK_CHECK(raise_descriptors(job->plan));
  PENSTOCK_TRY(step, step_of(run, arguments));
  FailureSelection selection{arguments.texts("--kind"), arguments.texts("--key"), step};
  PENSTOCK_TRY(items, count(run.place, selection));
  if (arguments.has("--dry-run")) {
    const auto words = report::plural(static_cast<std::int64_t>(items), "item", "items");
    console.out(fmt::format("{} would be tried again\n", words));
    return written(console);
  }
  if (items == 0) {
    console.err("nothing that failed is selected\n");
    return ExitCode::done;
  }
  SessionOptions options;
  options.retry = std::move(selection);
  return drive_job(*job, job_file, run.place, options, display_mode(arguments, console), console);
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Result<ExitCode> code = retry(arguments, console);
  return code ? *code : refuse(code.error(), console);
}

std::vector<Option> options() {
  std::vector<Option> all{
      {"--kind", "", "KIND",
       "Only failures of this kind (http.503) or family (http). May be repeated."},
      {"--key", "", "KEY", "Only the item of this key. May be repeated."},
      {"--step", "", "STEP", "Only failures in this step."},
      {"--dry-run", "", "", "Say how many items it would be, and do nothing."},
      {"--job", "", "FILE",
       "The job file to go on with. Needed if it is not in the folder that holds the run, or "
       "below.",
       Completes::files}};
  for (Option& option : plan_options())
    if (option.name != "--limit" && option.name != "--keep-order") all.push_back(std::move(option));
  for (Option& option : display_options()) all.push_back(std::move(option));
  return all;
}

}  // namespace

Command retry_command() {
  return {.name = "retry",
          .summary = "try failed items again: all, or by kind, key or step",
          .description =
              "Makes failed items pending again, with fresh attempts, and goes on with the run. "
              "Rows of "
              "outputs that said \"failed\" are replaced by what comes out now. Without a "
              "selection all "
              "failures are taken; whatever else was pending in the run is done too.",
          .operands = {run_operand()},
          .options = options(),
          .examples = {{"penstock retry pages", "Tries everything that failed."},
                       {"penstock retry pages --kind http.503 --kind timeout",
                        "Only what the service could not do then."},
                       {"penstock retry pages --key 17/3", "One item."}},
          .exits = {ExitCode::done, ExitCode::items_failed, ExitCode::usage, ExitCode::stopped,
                    ExitCode::parked, ExitCode::input_incomplete, ExitCode::system, ExitCode::bug,
                    ExitCode::interrupted},
          .run = run};
}

}  // namespace penstock::cli
