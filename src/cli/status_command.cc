// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock status RUN`: what the ledger holds, counted from it and from nothing else.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/opened_run.h"
#include "core/json_text.h"
#include "report/table.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kKindsShown = 5;

std::uint64_t settled(const LedgerOverview& overview, std::size_t step, ItemStatus status) {
  const auto found = overview.settled.find({static_cast<std::uint8_t>(step), status});
  return found == overview.settled.end() ? 0 : found->second;
}

std::uint64_t pending(const LedgerOverview& overview, std::size_t step) {
  const auto found = overview.pending.find(static_cast<std::uint8_t>(step));
  return found == overview.pending.end() ? 0 : found->second;
}

std::uint64_t failed(const LedgerOverview& overview, std::size_t step) {
  return settled(overview, step, ItemStatus::failed) +
         settled(overview, step, ItemStatus::poisoned);
}

std::string words(std::uint64_t count) {
  return report::count_words(static_cast<std::int64_t>(count));
}

std::string steps_table(const LedgerOverview& overview, const report::Style& style) {
  using report::Align;
  report::Table table({{"step"},
                       {"done", Align::right},
                       {"empty", Align::right},
                       {"skipped", Align::right},
                       {"failed", Align::right},
                       {"pending", Align::right}});
  for (std::size_t i = 0; i < overview.step_names.size(); ++i)
    table.add({overview.step_names[i], words(settled(overview, i, ItemStatus::ok)),
               words(settled(overview, i, ItemStatus::empty)),
               words(settled(overview, i, ItemStatus::skipped)), words(failed(overview, i)),
               words(pending(overview, i))});
  return table.text(style);
}

std::string state_words(const OpenedRun& run, bool running) {
  if (running) return "running";
  return run.overview.closed_cleanly ? "not running" : "not running; its last engine was killed";
}

std::string status_text(OpenedRun& run, bool running, const std::vector<report::ErrorClass>& errors,
                        const report::Style& style) {
  std::string text = fmt::format("{}: {}, {} results\n\n", run.place.name,
                                 state_words(run, running), words(run.overview.leaves));
  text += steps_table(run.overview, style);
  if (!errors.empty()) text += "\n" + report::errors_text(errors, kKindsShown, style);
  return text;
}

std::string status_json(const OpenedRun& run, bool running) {
  std::string steps;
  for (std::size_t i = 0; i < run.overview.step_names.size(); ++i) {
    steps += steps.empty() ? "" : ",";
    json::ObjectWriter(steps)
        .string("name", run.overview.step_names[i])
        .unsigned_integer("done", settled(run.overview, i, ItemStatus::ok))
        .unsigned_integer("empty", settled(run.overview, i, ItemStatus::empty))
        .unsigned_integer("skipped", settled(run.overview, i, ItemStatus::skipped))
        .unsigned_integer("failed", failed(run.overview, i))
        .unsigned_integer("pending", pending(run.overview, i))
        .close();
  }
  std::string text;
  json::ObjectWriter(text)
      .string("run", run.place.name)
      .string("folder", run.place.folder.string())
      .boolean("running", running)
      .boolean("closed_cleanly", run.overview.closed_cleanly)
      .integer("created_ms", run.overview.created_ms)
      .unsigned_integer("results", run.overview.leaves)
      .raw("steps", "[" + steps + "]")
      .close();
  return text + "\n";
}

ExitCode run(const Arguments& arguments, Console& console) {
  Result<OpenedRun> opened = open_run(arguments);
  if (!opened) return refuse(opened.error(), console);
  const auto errors = failure_classes(*opened->reader, opened->overview.step_names);
  if (!errors) return refuse(errors.error(), console);
  const bool running = is_running(opened->place);
  console.out(arguments.has("--json")
                  ? status_json(*opened, running)
                  : status_text(*opened, running, *errors, console.out_style()));
  return written(console);
}

}  // namespace

Command status_command() {
  return {.name = "status",
          .summary = "count what a run has done, step by step",
          .description =
              "Counts everything from the run's ledger, whether the run is going on, was stopped, "
              "or was killed. What is shown as done is on disk. Items of the input that were not "
              "read yet are not known to the ledger, and not counted as pending.",
          .operands = {run_operand()},
          .options = {{"--json", "", "", "As one JSON object."}},
          .examples = {{"penstock status pages", "Counts the run of pages.toml."}},
          .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
          .run = run};
}

}  // namespace penstock::cli
