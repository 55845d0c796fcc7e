// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock verify RUN`: count everything again, from the ledger and from the outputs.
#include <fmt/format.h>

#include "cli/check_outputs.h"
#include "cli/commands.h"
#include "cli/opened_run.h"
#include "report/safe_text.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

std::string words(std::uint64_t count) {
  return report::count_words(static_cast<std::int64_t>(count));
}

void show_ledger(const LedgerCheck& check, Console& console) {
  console.out(fmt::format(
      "ledger: {} verdicts, {} of them stand, {} results, {} pending; {} large outputs of {} read "
      "and right\n",
      words(check.verdicts), words(check.standing), words(check.leaves), words(check.pending),
      words(check.outputs), report::bytes_words(static_cast<std::int64_t>(check.output_bytes))));
  for (const std::string& problem : check.problems)
    console.out("  wrong: " + report::safe_text(problem) + "\n");
  if (check.problem_count > check.problems.size())
    console.out(fmt::format("  and {} more\n", words(check.problem_count - check.problems.size())));
}

Result<ExitCode> verify(const Arguments& arguments, Console& console) {
  PENSTOCK_TRY(run, open_run(arguments));
  PENSTOCK_TRY(check, run.reader->check());
  show_ledger(check, console);
  std::uint64_t wrong = check.problem_count;
  std::uint64_t unopened = 0;
  if (is_running(run.place)) {
    console.out("outputs: not compared while the run goes on\n");
  } else {
    const Outside outside = arguments.has("--outside") ? Outside::open : Outside::leave;
    PENSTOCK_TRY(outputs, check_outputs(run, outside));
    for (const OutputCheck& output : outputs) {
      console.out(report::safe_text(output.words) + "\n");
      wrong += output.finding == OutputCheck::Finding::wrong ? 1 : 0;
      unopened += output.finding == OutputCheck::Finding::unopened ? 1 : 0;
    }
  }
  if (wrong == 0 && unopened > 0) {
    console.out(fmt::format(
        "{}: {} not compared, everything else agrees\n", run.place.name,
        report::plural(static_cast<std::int64_t>(unopened), "output is", "outputs are")));
    return ExitCode::usage;
  }
  if (wrong == 0) {
    console.out(fmt::format("{}: everything agrees\n", run.place.name));
    return written(console);
  }
  console.out(
      fmt::format("{}: {} wrong\n", run.place.name,
                  report::plural(static_cast<std::int64_t>(wrong), "thing is", "things are")));
  return ExitCode::system;
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Result<ExitCode> code = verify(arguments, console);
  return code ? *code : refuse(code.error(), console);
}

}  // namespace

Command verify_command() {
  return {
      .name = "verify",
      .summary = "count everything again: ledger and outputs",
      .description =
          "Reads the whole ledger and checks it: every page's checksum, every reference between "
          "items, every large output. Then counts the rows of every output and compares them with "
          "the ledger. An output that was moved or changed since is named.\n"
          "\n"
          "Outputs are opened if they are files in the folder that holds the run, or below: the "
          "record may be from somebody else, and name anything. With others, exit code 2 says that "
          "they were not compared.\n"
          "\n"
          "Nothing is repaired; a lost or changed output is written anew by the next run.",
      .operands = {run_operand()},
      .options = {{"--outside", "", "",
                   "Open outputs outside of the folder that holds the run too."}},
      .examples = {{"penstock verify pages", "Checks the run of pages.toml."},
                   {"penstock verify runs/monday --outside",
                    "Checks a run whose outputs are in another folder."}},
      .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
      .run = run};
}

}  // namespace penstock::cli
