// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How a command ends, for scripts. The numbers are a promise (docs/manual/exit-codes.md).
#pragma once

#include <penstock/error.h>

#include <span>
#include <string_view>

namespace penstock::cli {

enum class ExitCode : int {
  done = 0,
  items_failed = 1,
  usage = 2,
  stopped = 3,
  parked = 4,
  input_incomplete = 5,
  system = 6,
  bug = 70,
  interrupted = 130,
};

struct ExitMeaning {
  ExitCode code;
  std::string_view meaning;
};

/// All codes in the order of their numbers, with one line each for help pages.
std::span<const ExitMeaning> exit_meanings() noexcept;

/// The code for an error that ends a command.
ExitCode exit_code_of(const Error& error) noexcept;

}  // namespace penstock::cli
