// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rows as CSV. The header row is written once and fixes the columns; it is also how a file that
// goes on is understood again.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/csv.h"
#include "core/json_text.h"
#include "sinks/plain_text.h"
#include "sinks/row_writer.h"

namespace penstock::sinks {
namespace {

class CsvWriter final : public RowWriter {
 public:
  CsvWriter(ColumnSet columns, CsvTableOptions options)
      : columns_(std::move(columns)),
        format_{.delimiter = options.separator,
                .spreadsheet_safe = options.spreadsheet_safe == SpreadsheetSafe::yes
                                        ? csv::SpreadsheetSafe::yes
                                        : csv::SpreadsheetSafe::no} {}

  Status go_on_after(std::string_view beginning) override {
    csv::Reader reader({.delimiter = format_.delimiter});
    reader.feed(beginning);
    const auto header = reader.next();
    std::vector<std::string> names;
    if (header && *header) {
      for (const std::string_view name : (*header)->fields) names.push_back(unprotected(name));
    }
    const auto wanted = columns_.names();
    const bool is_ours = columns_.is_named()
                             ? std::equal(names.begin(), names.end(), wanted.begin(), wanted.end())
                             : !names.empty() && names.back() == kMoreName;
    if (!is_ours) {
      return Error{.code = Errc::rejected,
                   .message = "its header row names other columns",
                   .kind = "output.columns"};
    }
    set_header(std::move(names));
    return ok();
  }

  Status append(const Record& record, std::string& out) override {
    if (header_.empty()) PENSTOCK_CHECK(begin(record, out));
    for (std::string& text : texts_) text.clear();
    std::string more;
    std::size_t expected = 0;  // Fields come in the order of the header, nearly always.
    PENSTOCK_CHECK(columns_.render(record, [&](std::string_view name, std::string_view json) {
      const std::size_t place = place_of(name, expected);
      if (place == header_.size()) {
        more += more.empty() ? '{' : ',';
        more += json::quoted(name) + ":";
        more += json;
      } else {
        texts_[place] = plain_text(json, scratch_);
        expected = place + 1;
      }
    }));
    if (!more.empty()) texts_.back() = more + "}";
    row_.assign(texts_.begin(), texts_.end());
    csv::write_record(row_, out, format_);
    return ok();
  }

 private:
  Status begin(const Record& record, std::string& out) {
    std::vector<std::string> names;
    PENSTOCK_CHECK(columns_.render(
        record, [&](std::string_view name, std::string_view) { names.emplace_back(name); }));
    if (!columns_.is_named()) names.emplace_back(kMoreName);
    set_header(std::move(names));
    row_.assign(header_.begin(), header_.end());
    csv::write_record(row_, out, format_);
    return ok();
  }

  void set_header(std::vector<std::string> names) {
    header_ = std::move(names);
    for (std::size_t i = 0; i < header_.size(); ++i) places_.emplace(header_[i], i);
    texts_.resize(header_.size());
  }

  // header_.size(): none.
  std::size_t place_of(std::string_view name, std::size_t expected) const {
    if (expected < header_.size() && header_[expected] == name) return expected;
    const auto place = places_.find(name);
    return place == places_.end() ? header_.size() : place->second;
  }

  // A name without the ' that spreadsheet_safe put before it.
  std::string unprotected(std::string_view name) const {
    const bool is_protected = format_.spreadsheet_safe == csv::SpreadsheetSafe::yes &&
                              name.size() > 1 && name[0] == '\'' &&
                              std::string_view("=+-@\t\r").find(name[1]) != std::string_view::npos;
    return std::string(is_protected ? name.substr(1) : name);
  }

  ColumnSet columns_;
  const csv::WriteOptions format_;

  // Set by the header.
  std::vector<std::string> header_;
  std::unordered_map<std::string_view, std::size_t> places_;

  // For one row; kept for its memory.
  std::vector<std::string> texts_;
  std::vector<std::string_view> row_;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<RowWriter> make_csv_writer(ColumnSet columns, CsvTableOptions options) {
  return std::make_unique<CsvWriter>(std::move(columns), options);
}

}  // namespace penstock::sinks
