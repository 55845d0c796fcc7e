// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock explain JOB`: the plan as it was understood, and what will bind.
#include "cli/explain.h"

#include "cli/commands.h"
#include "cli/load_job_file.h"
#include "cli/opened_run.h"
#include "cli/run_options.h"

namespace penstock::cli {
namespace {

ExitCode run(const Arguments& arguments, Console& console) {
  const Result<job::Overrides> overrides = read_overrides(arguments);
  if (!overrides) return refuse(overrides.error(), console);
  const auto job = load_job_file(arguments.text("JOB").value_or(""), *overrides, console);
  if (!job) return ExitCode::usage;
  console.out(explain_text(*job, console.out_style()));
  return written(console);
}

}  // namespace

Command explain_command() {
  return {.name = "explain",
          .summary = "show the resolved plan: concurrency, rates, disk, what will bind",
          .description =
              "Reads a job file as `run` does and says what was understood: where items come from, "
              "what every step does within which limits, how many calls may be in flight and start "
              "in a second, which of these will bind, what is kept on disk, and what a crash may "
              "cost. Nothing is sent and nothing is written.",
          .operands = {{"JOB", "The job file.", Presence::required, Completes::jobs}},
          .options = plan_options(),
          .examples = {{"penstock explain pages.toml", "The plan of pages.toml."},
                       {"penstock explain pages.toml -w 8 -c 50", "The same with 8 x 50 calls."}},
          .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
          .run = run};
}

}  // namespace penstock::cli
