// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Settings for tests, written as JSON: catalog/ knows no file format of its own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "catalog/problems.h"
#include "catalog/setting.h"
#include "core/json.h"

namespace penstock::catalog {

inline Setting setting_of(json::Node node) {
  Setting made{.at = {1, 1}};
  switch (node.kind()) {
    case json::Kind::object:
      made.kind = SettingKind::table;
      for (const json::Member& member : node.members())
        made.entries.push_back({std::string(member.name), {1, 1}, setting_of(member.value)});
      break;
    case json::Kind::array:
      made.kind = SettingKind::array;
      for (const json::Node element : node.elements()) made.elements.push_back(setting_of(element));
      break;
    case json::Kind::boolean:
      made.kind = SettingKind::boolean;
      made.boolean = node.boolean().value_or(false);
      break;
    case json::Kind::number:
      made.kind = node.integer() ? SettingKind::whole : SettingKind::number;
      made.whole = node.integer().value_or(0);
      made.number = node.number().value_or(0);
      break;
    default:
      made.kind = SettingKind::text;
      made.text = std::string(node.text());
  }
  return made;
}

inline Setting setting_of(std::string_view text) {
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  return document ? setting_of(document->root()) : Setting{};
}

/// Every problem without its place, one a line.
inline std::string complaints_of(const Problems& problems) {
  std::string lines;
  for (const Problem& problem : problems.sorted())
    lines += problem.key + ": " + problem.message + "\n";
  return lines;
}

}  // namespace penstock::catalog
