// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The fields of an item as one flat list.
#include "sinks/field_list.h"

#include <algorithm>

#include "sinks/members.h"

namespace penstock::sinks {
namespace {

constexpr std::string_view kParent = "parent";

// Up to here looking at every name is faster than a hash.
constexpr std::size_t kFewFields = 24;

}  // namespace

bool FieldList::read(std::string_view value, Ancestry ancestry) {
  fields_.clear();
  places_.clear();
  names_.clear();
  for (std::size_t level = 0; !value.empty(); ++level) {
    Members members(value);
    value = {};
    while (const auto member = members.next()) {
      const std::string_view name = decoded(member->name);
      if (ancestry == Ancestry::has_parent && name == kParent && member->json.front() == '{') {
        value = member->json;
      } else {
        add(name, member->json, level);
      }
    }
    if (members.is_broken()) return false;
  }
  return true;
}

std::string_view FieldList::decoded(std::string_view name) {
  if (is_plain_string(name)) return name.substr(1, name.size() - 2);
  return names_.emplace_back(unquoted(name));
}

void FieldList::add(std::string_view name, std::string_view json, std::size_t level) {
  if (const Field* known = find(name)) {
    // Of names that are repeated in one object the last counts.
    if (known->level == level)
      fields_[static_cast<std::size_t>(known - fields_.data())].json = json;
    return;
  }
  fields_.push_back({name, json, level});
  if (fields_.size() < kFewFields) return;
  if (places_.empty()) {
    for (std::size_t i = 0; i < fields_.size(); ++i) places_.emplace(fields_[i].name, i);
  } else {
    places_.emplace(name, fields_.size() - 1);
  }
}

const FieldList::Field* FieldList::find(std::string_view name) const {
  if (!places_.empty()) {
    const auto place = places_.find(name);
    return place == places_.end() ? nullptr : &fields_[place->second];
  }
  const auto field =
      std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.name == name; });
  return field == fields_.end() ? nullptr : &*field;
}

}  // namespace penstock::sinks
