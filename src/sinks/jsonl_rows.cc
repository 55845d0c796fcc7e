// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rows as JSON lines.
#include <string>
#include <utility>
#include <vector>

#include "core/json_text.h"
#include "sinks/row_writer.h"

namespace penstock::sinks {
namespace {

class JsonlWriter final : public RowWriter {
 public:
  explicit JsonlWriter(ColumnSet columns) : columns_(std::move(columns)) {}

  Status go_on_after(std::string_view) override { return ok(); }

  Status append(const Record& record, std::string& out) override {
    char before = '{';
    std::size_t place = 0;
    const auto status = columns_.render(record, [&](std::string_view name, std::string_view json) {
      out += before;
      before = ',';
      append_name(place++, name, out);
      out += json;
    });
    out += "}\n";
    return status;
  }

 private:
  struct Name {
    std::string text;
    std::string opening;  // Quoted, with its colon.
  };
  static constexpr std::size_t kNamesMax = 64;

  // Mostly the row before had the same name in the same place.
  void append_name(std::size_t place, std::string_view name, std::string& out) {
    if (place >= kNamesMax) {
      json::quote(name, out);
      out += ':';
      return;
    }
    if (place == names_.size()) names_.push_back({.text = {}, .opening = "\"\":"});
    Name& known = names_[place];
    if (known.text != name)
      known = {.text = std::string(name), .opening = json::quoted(name) + ":"};
    out += known.opening;
  }

  ColumnSet columns_;
  std::vector<Name> names_;  // By place in a row.
};

}  // namespace

std::unique_ptr<RowWriter> make_jsonl_writer(ColumnSet columns) {
  return std::make_unique<JsonlWriter>(std::move(columns));
}

}  // namespace penstock::sinks
