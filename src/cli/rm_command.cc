// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock rm RUN`: delete a run's folder; outputs stay.
#include <fmt/format.h>
#include <penstock/ledger_editor.h>

#include "cli/commands.h"
#include "cli/opened_run.h"
#include "cli/run_record.h"

namespace penstock::cli {
namespace {

/// Nobody may be writing into what is removed: the editor's lock proves it.
Status remove_run(const RunPlace& place) {
  const auto editor = open_ledger_editor(place.folder);
  if (!editor) return editor.error();
  return remove_record(place);
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Result<RunPlace> place = find_run(arguments.text("RUN").value_or(""));
  if (!place) return refuse(place.error(), console);
  if (!arguments.has("--yes")) {
    const std::optional<bool> answer =
        console.ask(fmt::format("remove {} and all that it records?", place->folder.string()));
    if (!answer) console.complain("say --yes if the run is meant to be removed");
    if (!answer.value_or(false)) return ExitCode::usage;
  }
  const Status removed = remove_run(*place);
  if (!removed) return refuse(removed.error(), console);
  console.err(fmt::format("removed {}; outputs were left alone\n", place->folder.string()));
  return ExitCode::done;
}

}  // namespace

Command rm_command() {
  return {
      .name = "rm",
      .summary = "delete a run's record; outputs stay",
      .description =
          "Deletes the folder of a run: its ledger, its logs, its copy of the job. Output files "
          "stay where they are, and so does whatever else stands in that folder, but a later run "
          "of the same job will not take them for its own: "
          "move them away first. A run that is going on is refused.",
      .operands = {run_operand()},
      .options = {{"--yes", "-y", "", "Do not ask."}},
      .examples = {{"penstock rm pages", "Deletes pages.run."}},
      .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
      .run = run};
}

}  // namespace penstock::cli
