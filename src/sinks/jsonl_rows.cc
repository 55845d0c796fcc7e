// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rows as JSON lines.
#include <utility>

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
    const auto status = columns_.render(record, [&](std::string_view name, std::string_view json) {
      out += before;
      before = ',';
      json::quote(name, out);
      out += ':';
      out += json;
    });
    out += "}\n";
    return status;
  }

 private:
  ColumnSet columns_;
};

}  // namespace

std::unique_ptr<RowWriter> make_jsonl_writer(ColumnSet columns) {
  return std::make_unique<JsonlWriter>(std::move(columns));
}

}  // namespace penstock::sinks
