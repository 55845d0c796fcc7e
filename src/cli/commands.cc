// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The table of commands, and what is done once for all of them.
#include "cli/commands.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>

#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/opened_run.h"

namespace penstock::cli {
namespace {

/// A descriptor of 0 to 2 that is closed would be given to the next file that is opened, and
/// words for the user would be written into it. What takes its place refuses to be read and to be
/// written, so that a lost stream is an error of whoever needs it; err alone is silent.
bool open_standard_descriptors() {
  constexpr int kModes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
  for (int fd = 0; fd <= 2; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", kModes[fd]) != fd) return false;
  return true;
}

ExitCode dispatch(const Invocation& invocation, Console& console) {
  switch (invocation.wish) {
    case Invocation::Wish::version:
      console.out(fmt::format("penstock {}\n", PENSTOCK_VERSION));
      return written(console);
    case Invocation::Wish::help:
      console.out(invocation.command == nullptr
                      ? overview(all_commands(), console.out_style())
                      : help_page(*invocation.command, console.out_style()));
      return written(console);
    case Invocation::Wish::run:
      break;
  }
  return invocation.command->run(invocation.arguments, console);
}

}  // namespace

std::span<const Command> all_commands() {
  static const std::vector<Command> commands{
      run_command(),   status_command(),   results_command(),    errors_command(),
      retry_command(), verify_command(),   logs_command(),       list_command(),
      init_command(),  explain_command(),  top_command(),        tune_command(),
      rm_command(),    selftest_command(), completion_command(), help_command()};
  return commands;
}

ExitCode run_command_line(std::vector<std::string> words, Console& console) {
  const Result<Invocation> invocation = parse_command_line(all_commands(), std::move(words));
  if (!invocation) {
    console.complain(invocation.error().message);
    return ExitCode::usage;
  }
  const ExitCode code = dispatch(*invocation, console);
  return code;
}

int main(int argc, char** argv) {
  if (!open_standard_descriptors()) return static_cast<int>(ExitCode::system);
  std::signal(SIGPIPE, SIG_IGN);  // A closed pipe is an error of write(), told by its caller.
  Console console = process_console();
  try {
    const ExitCode code =
        run_command_line(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), console);
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    console.complain(
        fmt::format("{}; this is a defect of penstock, please report it", error.what()));
    return static_cast<int>(ExitCode::bug);
  }
}

}  // namespace penstock::cli
