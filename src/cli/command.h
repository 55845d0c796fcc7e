// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A command as a table: what it is called, takes, means and does. Parsing, help pages and shell
// completion are all made from it, so they cannot differ.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"

namespace penstock::cli {

class Arguments;
class Console;

/// What a shell offers for a value.
enum class Completes : std::uint8_t { nothing, files, jobs, runs, commands, words };

enum class Presence : std::uint8_t { required, optional, any_number };

struct Operand {
  std::string_view name;  ///< "JOB"; also how Arguments knows it.
  std::string_view help;
  Presence presence = Presence::required;
  Completes completes = Completes::nothing;
  std::vector<std::string_view> words{};  ///< With Completes::words: the only values allowed.
};

struct Option {
  std::string_view name;    ///< "--limit"; also how Arguments knows it.
  std::string_view letter;  ///< "-n"; may be empty.
  std::string_view value;   ///< "N"; empty: a flag that takes none.
  std::string_view help;
  Completes completes = Completes::nothing;
  std::vector<std::string_view> words{};  ///< With Completes::words: the only values allowed.
};

struct Example {
  std::string_view line;
  std::string_view meaning;
};

struct Command {
  std::string_view name;
  std::string_view summary;      ///< One line without a full stop.
  std::string_view description;  ///< Paragraphs, divided by blank lines; indented lines stay.
  std::vector<Operand> operands;
  std::vector<Option> options;
  std::vector<Example> examples;
  std::vector<ExitCode> exits;  ///< The codes that this command may give.
  std::string_view files;       ///< Paragraphs, as the description; may be empty.
  ExitCode (*run)(const Arguments& arguments, Console& console) = nullptr;
};

}  // namespace penstock::cli
