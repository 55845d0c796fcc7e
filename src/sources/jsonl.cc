// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines of JSON as items. A number keeps the digits that it came with.
#include <penstock/sources.h>

#include <string>
#include <utility>

#include "core/json.h"
#include "core/json_text.h"
#include "sources/line_reader.h"
#include "sources/source_item.h"
#include "sources/text_source.h"

namespace penstock {
namespace {

using namespace sources;

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kField = "line";  // Of an item that is no JSON.

class JsonItems final : public ItemReader {
 public:
  JsonItems(std::unique_ptr<ByteStream> text, const JsonlOptions& options)
      : lines_(std::move(text)), options_(options) {}

  Result<SourceState> next(SourceItem& item) override {
    PENSTOCK_TRY(read, next_line());
    if (read.state == SourceState::items) fill(item, read.line);
    return read.state;
  }

  Result<SourceState> pass() override {
    PENSTOCK_TRY(read, next_line());
    return read.state;
  }

  std::uint64_t blank_lines() const override { return blank_lines_; }

 private:
  Result<LineReader::Read> next_line() {
    for (;;) {
      auto read = lines_.next();
      if (!read || read->state != SourceState::items) return read;
      if (read->line.text.find_first_not_of(kBlanks) != std::string_view::npos) return read;
      ++blank_lines_;
    }
  }

  void fill(SourceItem& item, const Line& line) const {
    const Place place{lines_.name(), line.number};
    if (line.too_long) {
      item = too_long_item(kField, line.text, place, line.bytes);
    } else if (const auto document = json::Document::parse(line.text)) {
      set_value(item, value_of(*document));
      if (!options_.key.empty()) set_key(item, place, options_.key, document->root());
    } else {
      item = bad_item(kField, line.text, place, "input.json", document.error().message);
    }
    item.line = line.number;
  }

  static std::string value_of(const json::Document& document) {
    if (document.root().is(json::Kind::object)) return document.text();
    std::string value;
    json::ObjectWriter(value).raw("value", document.text()).close();
    return value;
  }

  LineReader lines_;
  const JsonlOptions& options_;
  std::uint64_t blank_lines_ = 0;
};

}  // namespace

Result<std::unique_ptr<Source>> open_jsonl(TextInput input, JsonlOptions options) {
  auto shared = std::make_shared<const JsonlOptions>(std::move(options));
  return open_text_source(std::move(input), [shared](std::unique_ptr<ByteStream> text) {
    return std::make_unique<JsonItems>(std::move(text), *shared);
  });
}

}  // namespace penstock
