// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The text at the end of a run: what came out, how fast, what held it back, what failed and why,
// where the results are, and the command to type next.
#pragma once

#include <penstock/progress.h>

#include <cstdint>
#include <string>
#include <vector>

#include "report/style.h"

namespace penstock::report {

/// All items that ended with the same kind of error in the same step.
struct ErrorClass {
  std::string kind;  ///< "http.404".
  std::string step;  ///< "page".
  std::int64_t count = 0;
  std::string key;      ///< Of one of them.
  std::string message;  ///< Of the same one.
};

struct Closing {
  std::string run;      ///< Name of the run, as commands take it.
  std::string outcome;  ///< "finished", "interrupted: ...".
  Colour colour = Colour::good;
  std::vector<ErrorClass> errors;     ///< Most frequent first.
  std::vector<std::string> remarks;   ///< What else is worth a line.
  std::vector<std::string> outputs;   ///< Paths, as the user may open them.
  std::vector<std::string> commands;  ///< What to type next, best first.
};

/// Several lines, each ended by a line break.
std::string summary_text(const Closing& closing, const Snapshot& snapshot, const Style& style);

/// The failures alone: a count, a kind, an example and what to do for each.
std::string errors_text(const std::vector<ErrorClass>& errors, std::size_t classes_max,
                        const Style& style);

}  // namespace penstock::report
