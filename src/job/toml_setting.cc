// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Copies toml++'s nodes into our own tree: the library is compiled once, and no other file of the
// house depends on its types.
#include "job/toml_setting.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace penstock::job {
namespace {

using catalog::Place;
using catalog::Setting;
using catalog::SettingEntry;
using catalog::SettingKind;

constexpr std::size_t kDepthMax = 64;

Place place_of(const toml::source_region& region) {
  return {static_cast<std::uint32_t>(region.begin.line),
          static_cast<std::uint32_t>(region.begin.column)};
}

template <typename Node>
std::string as_written(const Node& node) {
  std::ostringstream out;
  out << node;
  return out.str();
}

Setting copy(const toml::node& node);

Setting copy_table(const toml::table& table) {
  Setting made{.kind = SettingKind::table};
  for (const auto& [key, value] : table)
    made.entries.push_back({std::string(key.str()), place_of(key.source()), copy(value)});
  // toml++ sorts by name; people read from top to bottom.
  std::stable_sort(made.entries.begin(), made.entries.end(),
                   [](const SettingEntry& a, const SettingEntry& b) { return a.at < b.at; });
  return made;
}

Setting copy_array(const toml::array& array) {
  Setting made{.kind = SettingKind::array};
  for (const toml::node& element : array) made.elements.push_back(copy(element));
  return made;
}

/// toml++ bounds nesting while it parses, so this recursion is bounded too.
Setting copy(const toml::node& node) {
  Setting made;
  if (const toml::table* table = node.as_table()) {
    made = copy_table(*table);
  } else if (const toml::array* array = node.as_array()) {
    made = copy_array(*array);
  } else if (const auto* text = node.as_string()) {
    made = {.kind = SettingKind::text, .text = text->get()};
  } else if (const auto* whole = node.as_integer()) {
    made = {.kind = SettingKind::whole, .whole = whole->get()};
    made.number = static_cast<double>(whole->get());
  } else if (const auto* number = node.as_floating_point()) {
    made = {.kind = SettingKind::number, .number = number->get()};
  } else if (const auto* boolean = node.as_boolean()) {
    made = {.kind = SettingKind::boolean, .boolean = boolean->get()};
  } else {
    made.kind = SettingKind::date;
    node.visit([&made](const auto& date) { made.text = as_written(date); });
  }
  made.at = place_of(node.source());
  return made;
}

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// Where a word of the text begins that is a dotted key of more than kDepthMax parts. toml++ builds
/// (and destroys) one nested table a part by recursion, so these must not reach it.
std::optional<std::size_t> find_deep_key(std::string_view text) {
  std::size_t begin = 0;
  std::size_t parts = 0;
  bool joined = false;  // The last thing seen was a dot: the next part belongs to the same key.
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t') {
      ++at;
    } else if (c == '.' && parts > 0 && !joined) {
      joined = true;
      ++at;
    } else if (is_bare(c) || c == '"' || c == '\'') {
      if (!joined) begin = at, parts = 0;
      if (++parts > kDepthMax) return begin;
      joined = false;
      const std::size_t close = is_bare(c) ? at : text.find_first_of(std::string{c, '\n'}, at + 1);
      at = close == text.npos ? text.size() : close + 1;
      while (is_bare(c) && at < text.size() && is_bare(text[at])) ++at;
    } else {
      parts = 0;
      joined = false;
      ++at;
    }
  }
  return std::nullopt;
}

Place place_in(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0: the first line.
  return {static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
          static_cast<std::uint32_t>(offset - line_begin + 1)};
}

}  // namespace

std::optional<Setting> parse_toml(std::string_view text, catalog::Problems& problems) {
  if (const std::optional<std::size_t> deep = find_deep_key(text)) {
    problems.error(place_in(text, *deep), "",
                   "keys are nested more than " + std::to_string(kDepthMax) + " deep");
    return std::nullopt;
  }
  try {
    return copy(toml::parse(text));
  } catch (const toml::parse_error& error) {
    problems.error(place_of(error.source()), "", std::string(error.description()));
    return std::nullopt;
  }
}

}  // namespace penstock::job
