// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The parser has bounded the depth of the tree, so this recursion is bounded too.
#include "catalog/setting_json.h"

#include <fmt/format.h>

#include <cmath>

#include "core/json_text.h"

namespace penstock::catalog {
namespace {

void append(const Setting& value, std::string& out);

void append_array(const Setting& value, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < value.elements.size(); ++i) {
    if (i > 0) out += ',';
    append(value.elements[i], out);
  }
  out += ']';
}

void append_table(const Setting& value, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < value.entries.size(); ++i) {
    if (i > 0) out += ',';
    json::quote(value.entries[i].key, out);
    out += ':';
    append(value.entries[i].value, out);
  }
  out += '}';
}

void append(const Setting& value, std::string& out) {
  switch (value.kind) {
    case SettingKind::text:
    case SettingKind::date:
      json::quote(value.text, out);
      return;
    case SettingKind::whole:
      out += fmt::format("{}", value.whole);
      return;
    case SettingKind::number:
      out += std::isfinite(value.number) ? fmt::format("{}", value.number) : "null";
      return;
    case SettingKind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case SettingKind::array:
      append_array(value, out);
      return;
    case SettingKind::table:
      append_table(value, out);
      return;
  }
}

}  // namespace

std::string to_json(const Setting& value) {
  std::string out;
  append(value, out);
  return out;
}

}  // namespace penstock::catalog
