// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock run JOB`: the command that all others are about.
#include <fmt/format.h>

#include <algorithm>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/drive_job.h"
#include "cli/dry_run.h"
#include "cli/load_job_file.h"
#include "cli/opened_run.h"
#include "cli/prepare_run.h"
#include "cli/run_options.h"

namespace penstock::cli {
namespace {

constexpr std::uint64_t kDryItems = 3;

ExitCode show_dry_run(const job::Job& job, Console& console) {
  const Result<std::string> text = dry_run_text(
      job, job.plan.items_max == 0 ? kDryItems : std::min(kDryItems, job.plan.items_max));
  if (!text) return refuse(text.error(), console);
  console.out(*text);
  return written(console);
}

SessionOptions session_options(const Arguments& arguments) {
  SessionOptions options;
  if (arguments.has("--inline")) options.executor = ExecutorChoice::in_this_process;
  if (arguments.has("--no-ledger")) options.ledger = LedgerChoice::in_memory;
  if (arguments.has("--redo")) options.redo = RedoWish::redo;
  return options;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Result<job::Overrides> overrides = read_overrides(arguments);
  if (!overrides) return refuse(overrides.error(), console);
  const std::string job_file = arguments.text("JOB").value_or("");
  const std::optional<job::Job> job = load_job_file(job_file, *overrides, console);
  if (!job) return ExitCode::usage;
  if (arguments.has("--dry-run")) return show_dry_run(*job, console);
  if (arguments.has("--no-ledger") && job->order == RecordOrder::source) {
    return refuse(Error{Errc::invalid,
                        "--no-ledger has nothing to put results in order by: leave away "
                        "--keep-order (or keep_order in the job), or keep the ledger",
                        "usage"},
                  console);
  }
  const RunPlace place = place_of_job(job->file, arguments.text("--run"));
  const Result<bool> prepared = prepare_run(*job, place, fresh_wish(arguments), console);
  if (!prepared) return refuse(prepared.error(), console);
  if (!*prepared) return ExitCode::usage;
  return drive_job(*job, job_file, place, session_options(arguments),
                   display_mode(arguments, console), console);
}

std::vector<Option> options() {
  std::vector<Option> all{
      {"--fresh", "", "",
       "Start over: remove the record of an earlier run, and the output files that the job names. "
       "Asks first, if there is anything."},
      {"--yes", "-y", "", "Do not ask."},
      {"--redo", "", "",
       "A step has changed since the last run: throw away its results and those of the steps "
       "behind it, and make these calls again; or steps were taken away: let their results go."},
      {"--dry-run", "", "", "Show the first resolved requests; send and write nothing."}};
  for (Option& option : plan_options()) all.push_back(std::move(option));
  all.push_back({"--run", "", "DIR", "The folder of the run; JOB's name with .run if not given.",
                 Completes::files});
  for (Option& option : display_options()) all.push_back(std::move(option));
  all.push_back({"--inline", "", "",
                 "Run steps in this process, without workers: for debugging. A step that crashes "
                 "takes the run with it."});
  all.push_back({"--no-ledger", "", "",
                 "Keep the record in memory: nothing can be resumed, shown or retried later."});
  return all;
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .summary = "run a job, or go on where it stopped",
      .description =
          "Reads the job file, then its input, and runs every item through the job's steps: in "
          "parallel over worker processes, within the job's limits, recording every result before "
          "it counts as done.\n"
          "\n"
          "Running the same command again goes on: what is done is not done again, whatever ended "
          "the earlier run. Items are known by their content (or their key column), so the input "
          "may be reordered, extended or shortened meanwhile. --limit N tries the first N; a later "
          "run without it does the rest.\n"
          "\n"
          "The first interrupt (Ctrl-C, SIGTERM, SIGHUP) lets what is in flight finish; the second "
          "stops at once, a third ends it on the spot, whatever it waits for. All leave a run that "
          "goes "
          "on later.\n"
          "\n"
          "Progress goes to standard error: living lines on a terminal, a line every few seconds "
          "otherwise. Nothing but results ever goes to standard output.",
      .operands = {{"JOB", "The job file; `penstock init` writes one.", Presence::required,
                    Completes::jobs}},
      .options = options(),
      .examples = {{"penstock run pages.toml", "Runs the job, or goes on with it."},
                   {"penstock run pages.toml --dry-run", "Shows the first requests."},
                   {"penstock run pages.toml -n 100 -w 2 -c 50",
                    "Tries 100 items with 2 workers of 50 calls each."},
                   {"penstock run pages.toml --stop-after-failures 5%",
                    "Gives up when more than one in twenty fails."}},
      .exits = {ExitCode::done, ExitCode::items_failed, ExitCode::usage, ExitCode::stopped,
                ExitCode::parked, ExitCode::input_incomplete, ExitCode::system, ExitCode::bug,
                ExitCode::interrupted},
      .files =
          "  JOB.run/            everything about the run; delete it with `penstock rm`\n"
          "  JOB.run/ledger.db   the record: an SQLite file, safe to read at any time\n"
          "  JOB.run/job.toml    the job file as it was when the run last started",
      .run = run};
}

}  // namespace penstock::cli
