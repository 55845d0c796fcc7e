// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// From argv to one command and its arguments. The parser behind it is compiled once and seen by
// nobody else.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace penstock::cli {

/// What stood on the command line, by the names of the command's table.
class Arguments {
 public:
  bool has(std::string_view name) const { return values_.contains(name); }

  /// The value of an option or operand; of a repeated one the last.
  std::optional<std::string> text(std::string_view name) const;

  /// All values of an operand that takes any number.
  std::vector<std::string> texts(std::string_view name) const;

  /// A whole number in a range. Errors: invalid, naming option, range and what was found.
  Result<std::optional<std::uint64_t>> whole(std::string_view name, std::uint64_t min,
                                             std::uint64_t max) const;

  void add(std::string_view name, std::string value) {
    values_[std::string(name)].push_back(std::move(value));
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Invocation {
  enum class Wish : std::uint8_t { run, help, version };

  Wish wish = Wish::run;
  const Command* command = nullptr;  ///< Null with help: the overview.
  Arguments arguments;
};

/// Parse what follows the program's name.
/// Errors: invalid, one line that names what is unknown or missing, and the nearest known word.
Result<Invocation> parse_command_line(std::span<const Command> commands,
                                      std::vector<std::string> words);

}  // namespace penstock::cli
