// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock help [COMMAND]`.
#include "cli/help.h"

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/commands.h"

namespace penstock::cli {
namespace {

ExitCode run(const Arguments& arguments, Console& console) {
  const auto name = arguments.text("COMMAND");
  // The words go through the parser again, so that an unknown command is refused as always.
  return run_command_line(
      name ? std::vector<std::string>{*name, "--help"} : std::vector<std::string>{"--help"},
      console);
}

}  // namespace

Command help_command() {
  return {
      .name = "help",
      .summary = "explain penstock, or one command",
      .description =
          "Without a command: what penstock is, and a line for each command. With "
          "one: its manual page, as `penstock COMMAND --help` shows it.",
      .operands = {{"COMMAND", "The command to explain.", Presence::optional, Completes::commands}},
      .examples = {{"penstock help run", "The manual page of `run`."}},
      .exits = {ExitCode::done, ExitCode::usage},
      .run = run};
}

}  // namespace penstock::cli
