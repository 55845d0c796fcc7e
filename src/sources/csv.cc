// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rows as items. The header row is the contract: a row that does not keep it fails alone, a header
// that is none ends the run before anything starts.
#include "core/csv.h"

#include <fmt/format.h>
#include <penstock/sources.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "core/utf8.h"
#include "sources/line_reader.h"
#include "sources/source_item.h"
#include "sources/text_source.h"

namespace penstock {
namespace {

using namespace sources;

constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;

// "line 17: why" of csv::Reader as its two parts.
std::pair<std::uint64_t, std::string_view> split_message(std::string_view message) {
  constexpr std::string_view kPrefix = "line ";
  std::uint64_t line = 0;
  if (!message.starts_with(kPrefix)) return {line, message};
  const char* end = message.data() + message.size();
  const char* after = std::from_chars(message.data() + kPrefix.size(), end, line).ptr;
  const std::string_view reason(after, static_cast<std::size_t>(end - after));
  return {line, reason.starts_with(": ") ? reason.substr(2) : reason};
}

class CsvItems final : public ItemReader {
 public:
  CsvItems(std::unique_ptr<ByteStream> text, const CsvOptions& options)
      : text_(std::move(text)),
        options_(options),
        rows_({.delimiter = options.separator, .record_bytes_max = kLineBytesMax}) {}

  Result<SourceState> next(SourceItem& item) override {
    PENSTOCK_TRY(row, next_row());
    if (row.record) item = item_of(*row.record);
    if (row.bad) item = std::move(*row.bad);
    return row.state;
  }

  Result<SourceState> pass() override {
    PENSTOCK_TRY(row, next_row());
    return row.state;
  }

 private:
  // If `items`: a row, or what stands for one that cannot be read.
  struct Row {
    SourceState state;
    std::optional<csv::Record> record{};
    std::optional<SourceItem> bad{};
  };

  Result<Row> next_row() {
    if (columns_.empty()) {
      PENSTOCK_TRY(header, next_record());
      if (header.state == SourceState::waiting) return header;
      if (header.state == SourceState::end && text_->incomplete()) return header;
      if (!header.record) return refusal("input.header", 1, "there is no header row");
      PENSTOCK_CHECK(take_header(*header.record));
    }
    return next_record();
  }

  Result<Row> next_record() {
    for (;;) {
      auto record = rows_.next();
      if (!record) return judge(record.error());
      if (*record) return Row{.state = SourceState::items, .record = **record};
      if (ended_) return Row{.state = SourceState::end};
      PENSTOCK_TRY(count, text_->read(block_));
      if (!count) return Row{.state = SourceState::waiting};
      ended_ = *count == 0;
      if (!ended_) {
        rows_.feed({block_.data(), *count});
      } else if (!text_->incomplete()) {
        rows_.finish();  // Otherwise the last row is cut, and none.
      }
    }
  }

  // What is wrong with one row is its item's; what is wrong with the text ends it.
  Result<Row> judge(const Error& error) const {
    const auto [line, reason] = split_message(error.message);
    const bool is_size = error.kind == "csv.size";
    if (!is_size && error.kind != "csv.quote") return refusal("input.quote", line, reason);
    Row row{.state = SourceState::items};
    row.bad = bad_item("line", "", {text_->name(), line},
                       is_size ? "input.too_long" : "input.quote", reason);
    row.bad->line = line;
    return row;
  }

  Status take_header(const csv::Record& header) {
    std::set<std::string, std::less<>> seen;
    for (const std::string_view field : header.fields) {
      std::string name(field);
      if (name.find('\0') != std::string::npos || !utf8::is_valid(name)) {
        return refusal("input.header", header.line, "the header row is not UTF-8 text");
      }
      // Tables often begin with an unnamed column of row numbers.
      if (name.empty()) name = fmt::format("column_{}", columns_.size() + 1);
      if (!seen.insert(name).second) {
        return refusal("input.header", header.line, "two columns are named '" + name + "'");
      }
      openings_.push_back((columns_.empty() ? "{" : ",") + json::quoted(name) + ":");
      columns_.push_back(std::move(name));
    }
    const auto key = std::find(columns_.begin(), columns_.end(), options_.key);
    if (!options_.key.empty() && key == columns_.end()) {
      columns_.clear();
      return refusal("input.header", header.line,
                     "there is no column '" + options_.key + "' for the key");
    }
    key_column_ = static_cast<std::size_t>(key - columns_.begin());
    return ok();
  }

  SourceItem item_of(const csv::Record& record) const {
    const Place place{text_->name(), record.line};
    SourceItem item;
    set_value(item, value_of(record.fields));
    item.line = record.line;
    if (record.fields.size() != columns_.size()) {
      set_bad(item, place, "input.columns",
              fmt::format("the header has {} columns, this row {}", columns_.size(),
                          record.fields.size()));
    } else if (!std::all_of(record.fields.begin(), record.fields.end(), utf8::is_valid)) {
      set_bad(item, place, "input.encoding", "not valid UTF-8");
    } else if (key_column_ < columns_.size()) {
      set_key(item, place, options_.key, record.fields[key_column_]);
    }
    return item;
  }

  std::string value_of(std::span<const std::string_view> fields) const {
    std::string value;
    const std::size_t count = std::min(fields.size(), columns_.size());
    for (std::size_t i = 0; i < count; ++i) {
      value += openings_[i];
      json::quote(fields[i], value);
    }
    value += '}';
    return value;
  }

  Error refusal(std::string_view kind, std::uint64_t line, std::string_view reason) const {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("read {}:{}: {}", text_->name(), line, reason),
                 .kind = std::string(kind)};
  }

  std::unique_ptr<ByteStream> text_;
  const CsvOptions& options_;
  csv::Reader rows_;
  std::vector<char> block_ = std::vector<char>(kBlockBytes);
  bool ended_ = false;

  // Set by the header.
  std::vector<std::string> columns_;
  std::vector<std::string> openings_;  // What stands before each value: {"id":
  std::size_t key_column_ = 0;         // columns_.size() if there is none.
};

}  // namespace

Result<std::unique_ptr<Source>> open_csv(TextInput input, CsvOptions options) {
  auto shared = std::make_shared<const CsvOptions>(std::move(options));
  return open_text_source(std::move(input), [shared](std::unique_ptr<ByteStream> text) {
    return std::make_unique<CsvItems>(std::move(text), *shared);
  });
}

}  // namespace penstock
