// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Widths first: every column gets what it asks for, then the widest ones give way.
#include "report/table.h"

#include <algorithm>
#include <numeric>

#include "core/assert.h"
#include "report/safe_text.h"

namespace penstock::report {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 4;
constexpr std::size_t kCellMax = 2000;

std::string padded(std::string_view text, std::size_t width, Align align) {
  const std::string cut = cut_to_columns(text, width);
  const std::string blanks(width - columns_of(cut), ' ');
  return align == Align::left ? cut + blanks : blanks + cut;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  PENSTOCK_ASSERT(cells.size() == columns_.size());
  for (std::string& cell : cells) cell = safe_text(cell, kCellMax);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t columns_max) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = columns_of(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, columns_of(row[i]));
    widths.push_back(widest);
  }
  const std::size_t gaps = kGap * (columns_.size() - 1);
  std::size_t total = std::accumulate(widths.begin(), widths.end(), gaps);
  while (total > columns_max) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) break;  // Then lines run over: better than no text at all.
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::line(const std::vector<std::string>& cells,
                        const std::vector<std::size_t>& widths) const {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text.append(kGap, ' ');
    text += padded(cells[i], widths[i], columns_[i].align);
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string Table::text(const Style& style) const {
  const std::vector<std::size_t> fitting = widths(style.columns);
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string text = paint(style, Colour::bold, line(titles, fitting)) + "\n";
  for (const auto& row : rows_) text += line(row, fitting) + "\n";
  return text;
}

}  // namespace penstock::report
