// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Columns that line up, for people. Machines get JSON lines or CSV instead.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/style.h"

namespace penstock::report {

enum class Align : std::uint8_t { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
};

/// Cells are shown with safe_text(); what does not fit the width is cut in the widest columns.
/// Threads: owner only. Memory: all rows, so page long tables.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// REQUIRES: as many cells as columns.
  void add(std::vector<std::string> cells);

  bool empty() const noexcept { return rows_.empty(); }

  /// Title line and rows, each ended by a line break, without blanks at the end of lines.
  std::string text(const Style& style) const;

 private:
  std::vector<std::size_t> widths(std::size_t columns_max) const;
  std::string line(const std::vector<std::string>& cells,
                   const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace penstock::report
