// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sorted by place, errors and warnings mixed: they are read beside the file.
#include "catalog/problems.h"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::catalog {

void Problems::error(Place at, std::string key, std::string message) {
  problems_.push_back({at, std::move(key), std::move(message), Severity::error});
  ++errors_;
}

void Problems::warning(Place at, std::string key, std::string message) {
  problems_.push_back({at, std::move(key), std::move(message), Severity::warning});
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> in_order = problems_;
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const Problem& a, const Problem& b) { return a.at < b.at; });
  return in_order;
}

std::string to_string(const Problem& problem, std::string_view file) {
  std::string line(file);
  if (problem.at.line > 0) line += fmt::format(":{}:{}", problem.at.line, problem.at.column);
  line += problem.severity == Severity::warning ? ": warning: " : ": ";
  if (!problem.key.empty()) line += problem.key + ": ";
  return line + problem.message;
}

}  // namespace penstock::catalog
