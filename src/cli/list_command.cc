// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock list [FOLDER]...`: which runs there are.
#include <fmt/format.h>

#include <chrono>

#include "cli/commands.h"
#include "cli/opened_run.h"
#include "report/table.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

std::string sum_words(const LedgerOverview& overview, bool failures) {
  std::uint64_t sum = 0;
  for (const auto& [where, items] : overview.settled) {
    const bool failed = where.second == ItemStatus::failed || where.second == ItemStatus::poisoned;
    if (failed == failures) sum += items;
  }
  return report::count_words(static_cast<std::int64_t>(sum));
}

std::string pending_words(const LedgerOverview& overview) {
  std::uint64_t sum = 0;
  for (const auto& [step, items] : overview.pending) sum += items;
  return report::count_words(static_cast<std::int64_t>(sum));
}

std::string age_words(std::int64_t created_ms) {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  return report::duration_words(now - milliseconds(created_ms)) + " ago";
}

void add_run(const RunPlace& place, report::Table& table) {
  const auto reader = open_ledger_reader(place.folder);
  const auto overview = reader ? (*reader)->overview() : Result<LedgerOverview>(reader.error());
  if (!overview) {
    table.add({place.name, "unreadable: " + overview.error().message, "", "", "", ""});
    return;
  }
  const std::string state = is_running(place)          ? "running"
                            : overview->closed_cleanly ? "stopped"
                                                       : "killed";
  table.add({place.name, state, sum_words(*overview, false), sum_words(*overview, true),
             pending_words(*overview), age_words(overview->created_ms)});
}

ExitCode run(const Arguments& arguments, Console& console) {
  using report::Align;
  std::vector<std::string> folders = arguments.texts("FOLDER");
  if (folders.empty()) folders.emplace_back(".");
  report::Table table({{"run"},
                       {"state"},
                       {"done", Align::right},
                       {"failed", Align::right},
                       {"pending", Align::right},
                       {"created"}});
  for (const std::string& folder : folders)
    for (const RunPlace& place : runs_in(folder)) add_run(place, table);
  if (table.empty())
    console.err("no runs here\n");
  else
    console.out(table.text(console.out_style()));
  return written(console);
}

}  // namespace

Command list_command() {
  return {.name = "list",
          .summary = "list the runs in a folder",
          .description =
              "Lists every folder with a ledger in it: whether its engine is running, was stopped "
              "or was killed, and how many items of all steps are done, failed and pending.",
          .operands = {{"FOLDER", "Where to look; the current folder if not given.",
                        Presence::any_number, Completes::files}},
          .examples = {{"penstock list", "The runs in this folder."}},
          .exits = {ExitCode::done, ExitCode::system},
          .run = run};
}

}  // namespace penstock::cli
