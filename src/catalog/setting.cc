// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Looking into the tree; tables are short, so a walk is the whole search.
#include "catalog/setting.h"

namespace penstock::catalog {

std::string_view to_string(SettingKind kind) noexcept {
  switch (kind) {
    case SettingKind::text:
      return "a string";
    case SettingKind::whole:
      return "a whole number";
    case SettingKind::number:
      return "a number";
    case SettingKind::boolean:
      return "true or false";
    case SettingKind::date:
      return "a date";
    case SettingKind::array:
      return "a list";
    case SettingKind::table:
      return "a table";
  }
  return "a table";
}

const Setting* Setting::find(std::string_view key) const noexcept {
  for (const SettingEntry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

}  // namespace penstock::catalog
