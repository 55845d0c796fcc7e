// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines as items. Ten million of them pass here, so an ordinary line costs one allocation.
#include <penstock/sources.h>

#include <string>
#include <utility>

#include "core/json.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "sources/line_items.h"
#include "sources/source_item.h"
#include "sources/text_source.h"

namespace penstock {
namespace {

using namespace sources;

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

class PlainItems final : public LineItems {
 public:
  PlainItems(std::unique_ptr<ByteStream> text, const LinesOptions& options)
      : LineItems(std::move(text), kBlanks, options.blank), options_(options) {
    opening_ = "{" + json::quoted(options_.as) + ":";
  }

 private:
  void fill(SourceItem& item, const Line& line) override {
    const std::string_view text =
        options_.trim == Trim::ends && !line.too_long ? trimmed(line.text) : line.text;
    const Place place{name(), line.number};
    if (line.too_long) {
      item = too_long_item(options_.as, text, place, line.bytes);
    } else if (!utf8::is_valid(text)) {
      item = bad_item(options_.as, text, place, "input.encoding", "not valid UTF-8");
    } else {
      set_value(item, value_of(text));
      if (!options_.key.empty()) find_key(item, text, place);
    }
    item.line = line.number;
  }

  std::string value_of(std::string_view text) const {
    std::string value;
    value.reserve(opening_.size() + text.size() + 3);
    value += opening_;
    json::quote(text, value);
    value += '}';
    return value;
  }

  void find_key(SourceItem& item, std::string_view text, Place place) const {
    if (options_.key == options_.as) return set_key(item, place, options_.key, text);
    const auto document = json::Document::parse(text);
    if (!document) return set_bad(item, place, "input.json", document.error().message);
    set_key(item, place, options_.key, document->root());
  }

  const LinesOptions& options_;
  std::string opening_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_lines(TextInput input, LinesOptions options) {
  auto shared = std::make_shared<const LinesOptions>(std::move(options));
  return open_text_source(std::move(input), [shared](std::unique_ptr<ByteStream> text) {
    return std::make_unique<PlainItems>(std::move(text), *shared);
  });
}

}  // namespace penstock
