// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every command of the program, and the way from argv to one of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/console.h"

namespace penstock::cli {

/// In the order in which help lists them.
std::span<const Command> all_commands();

/// Run one command line (without the program's name). What is wrong is said on the console.
ExitCode run_command_line(std::vector<std::string> words, Console& console);

/// The whole program: ready the process (descriptors 0 to 2 are open, SIGPIPE is ignored), run,
/// and give the exit code.
int main(int argc, char** argv);

// One function a command, each in a file of its name.
Command completion_command();
Command errors_command();
Command explain_command();
Command help_command();
Command init_command();
Command list_command();
Command logs_command();
Command results_command();
Command retry_command();
Command rm_command();
Command run_command();
Command selftest_command();
Command status_command();
Command top_command();
Command tune_command();
Command verify_command();

}  // namespace penstock::cli
