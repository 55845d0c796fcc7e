// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A program that a fault test starts, under the disk shim if it is asked for, and what it left.
#pragma once

#include <sys/wait.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace penstock::fault {

struct Launch {
  std::vector<std::string> arguments;  ///< The first is the program.
  std::filesystem::path directory;     ///< Where it is started, and what the shim watches.
  std::vector<std::string> settings;   ///< Of the shim; none: without it.
  std::vector<std::string> input;      ///< Standard input comes in these pieces, with a pause.
};

struct Ended {
  int status = 0;    ///< As from waitpid().
  std::string said;  ///< Standard output and error.

  bool was_killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
  int code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
};

/// Start it and wait for its end.
Ended run_to_end(const Launch& launch);

/// A number from the environment.
std::size_t setting(const char* name, std::size_t fallback);

/// Where syncs cost nothing: what they mean is modelled, not waited for.
std::filesystem::path fast_folder();

/// Empty if it is not there.
std::string content_of(const std::filesystem::path& path);

std::vector<std::string> sorted_lines(const std::string& text);

}  // namespace penstock::fault
