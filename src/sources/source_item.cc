// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Items from what a source has read.
#include "sources/source_item.h"

#include <fmt/format.h>

#include <utility>

#include "core/fingerprint.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "sources/line_reader.h"

namespace penstock::sources {
namespace {

constexpr std::size_t kShownBytes = 1024;
constexpr std::size_t kKeyBytesMax = 4096;

bool is_scalar(json::Node node) {
  return node.is(json::Kind::string) || node.is(json::Kind::number) || node.is(json::Kind::boolean);
}

}  // namespace

void set_value(SourceItem& item, std::string value) {
  item.value = std::move(value);
  item.content = fingerprint(item.value);
}

void set_bad(SourceItem& item, Place place, std::string_view kind, std::string_view reason) {
  std::string message = place.line > 0 ? fmt::format("{}:{}: {}", place.file, place.line, reason)
                                       : fmt::format("{}: {}", place.file, reason);
  item.bad = Error{.code = Errc::invalid, .message = std::move(message), .kind = std::string(kind)};
}

SourceItem bad_item(std::string_view field, std::string_view text, Place place,
                    std::string_view kind, std::string_view reason) {
  SourceItem item;
  std::string value;
  json::ObjectWriter(value).string(field, utf8::truncate(text, kShownBytes)).close();
  set_value(item, std::move(value));
  set_bad(item, place, kind, reason);
  return item;
}

SourceItem too_long_item(std::string_view field, std::string_view beginning, Place place,
                         std::uint64_t bytes) {
  return bad_item(field, beginning, place, "input.too_long",
                  fmt::format("{} bytes, at most {} are allowed", bytes, kLineBytesMax));
}

void set_key(SourceItem& item, Place place, std::string_view column, std::string_view key) {
  if (key.empty()) {
    set_bad(item, place, "input.key", fmt::format("no value for the key '{}'", column));
  } else if (key.size() > kKeyBytesMax) {
    set_bad(item, place, "input.key",
            fmt::format("the key '{}' has {} bytes, at most {} are allowed", column, key.size(),
                        kKeyBytesMax));
  } else {
    item.key = key;
  }
}

void set_key(SourceItem& item, Place place, std::string_view member, json::Node object) {
  const auto node = object.member(member);
  set_key(item, place, member, node && is_scalar(*node) ? node->text() : std::string_view());
}

}  // namespace penstock::sources
