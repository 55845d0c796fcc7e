// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock completion SHELL`.
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/opened_run.h"

namespace penstock::cli {
namespace {

ExitCode run(const Arguments& arguments, Console& console) {
  const bool bash = arguments.text("SHELL") == "bash";
  console.out(bash ? bash_completion(all_commands()) : zsh_completion(all_commands()));
  return written(console);
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .summary = "print a completion script for bash or zsh",
          .description =
              "Prints a script that teaches the shell the commands, options and values "
              "of penstock. It is made from the same tables as the help pages.",
          .operands =
              {{"SHELL", "bash or zsh.", Presence::required, Completes::words, {"bash", "zsh"}}},
          .examples = {{"source <(penstock completion bash)", "Complete in this shell."},
                       {"penstock completion zsh > ~/.zfunc/_penstock",
                        "Complete in every zsh whose fpath has ~/.zfunc."}},
          .exits = {ExitCode::done, ExitCode::usage},
          .run = run};
}

}  // namespace penstock::cli
