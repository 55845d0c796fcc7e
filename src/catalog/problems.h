// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What is wrong with a job file, all of it at once: a user who has made three mistakes reads
// three lines, not one line three times. It never prints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/setting.h"

namespace penstock::catalog {

enum class Severity : std::uint8_t { error, warning };

struct Problem {
  Place at;
  std::string key;      ///< Where in the tree: "limit.search.rate"; empty: the file as a whole.
  std::string message;  ///< What was expected and what was found, no full stop.
  Severity severity = Severity::error;
};

/// Collects; the order is that of the file once sorted() is asked.
class Problems {
 public:
  void error(Place at, std::string key, std::string message);
  void warning(Place at, std::string key, std::string message);

  bool has_errors() const noexcept { return errors_ > 0; }

  /// How many errors there are: equal before and after a part was read means that it is sound.
  std::size_t errors() const noexcept { return errors_; }
  std::vector<Problem> sorted() const;

 private:
  std::vector<Problem> problems_;
  std::size_t errors_ = 0;
};

/// One line as compilers write it, so that editors can jump there:
/// `pages.toml:12:1: limit.search.rte: unknown key; did you mean "rate"?`
std::string to_string(const Problem& problem, std::string_view file);

}  // namespace penstock::catalog
