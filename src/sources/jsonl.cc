// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines of JSON as items. A number keeps the digits that it came with.
#include <penstock/sources.h>

#include <string>
#include <utility>

#include "core/json.h"
#include "core/json_text.h"
#include "sources/line_items.h"
#include "sources/source_item.h"
#include "sources/text_source.h"

namespace penstock {
namespace {

using namespace sources;

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kField = "line";  // Of an item that is no JSON.

class JsonItems final : public LineItems {
 public:
  JsonItems(std::unique_ptr<ByteStream> text, const JsonlOptions& options)
      : LineItems(std::move(text), kBlanks, BlankLines::skip), options_(options) {}

 private:
  void fill(SourceItem& item, const Line& line) override {
    const Place place{name(), line.number};
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

  const JsonlOptions& options_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_jsonl(TextInput input, JsonlOptions options) {
  auto shared = std::make_shared<const JsonlOptions>(std::move(options));
  return open_text_source(std::move(input), [shared](std::unique_ptr<ByteStream> text) {
    return std::make_unique<JsonItems>(std::move(text), *shared);
  });
}

}  // namespace penstock
