// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON bodies with placeholders.
#include "placeholders/json_template.h"

#include <algorithm>

#include "core/json_text.h"

namespace penstock::placeholders {
namespace {

std::string pointer_part(std::string_view name) {
  std::string part = "/";
  for (const char c : name) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return part;
}

void add_all_once(const std::vector<std::string>& from, std::vector<std::string>& names) {
  for (const std::string& name : from) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

}  // namespace

Result<JsonTemplate> JsonTemplate::parse(std::string_view json) {
  PENSTOCK_TRY(document, json::Document::parse(json));
  JsonTemplate result;
  result.text_ = document.text();
  std::string pointer;
  PENSTOCK_CHECK(result.add(document.root(), pointer));
  return result;
}

std::string& JsonTemplate::literal() {
  if (parts_.empty() || parts_.back().leaf) parts_.emplace_back();
  return parts_.back().literal;
}

// Recursion is bounded by the depth limit of json::Document::parse().
Status JsonTemplate::add(json::Node node, std::string& pointer) {
  if (node.is(json::Kind::string)) return add_string(node, pointer);
  if (!node.is(json::Kind::array) && !node.is(json::Kind::object)) {
    literal() += node.raw();
    return ok();
  }
  const std::size_t pointer_bytes = pointer.size();
  const auto add_child = [&](json::Node child, const std::string& part) {
    pointer += part;
    Status status = add(child, pointer);
    pointer.resize(pointer_bytes);
    return status;
  };
  literal() += node.raw().front();
  std::size_t index = 0;
  for (const json::Node element : node.elements()) {
    if (index > 0) literal() += ',';
    PENSTOCK_CHECK(add_child(element, "/" + std::to_string(index++)));
  }
  for (const json::Member member : node.members()) {
    if (index++ > 0) literal() += ',';
    json::quote(member.name, literal());
    literal() += ':';
    PENSTOCK_CHECK(add_child(member.value, pointer_part(member.name)));
  }
  literal() += node.raw().back();
  return ok();
}

Status JsonTemplate::add_string(json::Node node, const std::string& pointer) {
  if (node.text().find_first_of("{}") == std::string_view::npos) {
    literal() += node.raw();
    return ok();
  }
  auto leaf = Template::parse(node.text(), Place::json);
  if (!leaf) {
    leaf.error().message = (pointer.empty() ? "" : "at " + pointer + ": ") + leaf.error().message;
    return std::move(leaf.error());
  }
  literal();
  parts_.back().leaf = std::move(*leaf);
  return ok();
}

Result<std::string> JsonTemplate::render(json::Node value, const Resolver& resolve) const {
  std::string out;
  for (const Part& part : parts_) {
    out += part.literal;
    if (!part.leaf) continue;
    if (part.leaf->is_single()) {
      PENSTOCK_TRY(json, part.leaf->render_json(value, resolve));
      out += json;
      continue;
    }
    PENSTOCK_TRY(text, part.leaf->render(value, resolve));
    out += '"';
    out += text;
    out += '"';
  }
  return out;
}

std::vector<std::string> JsonTemplate::names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (part.leaf) add_all_once(part.leaf->names(), names);
  }
  return names;
}

std::vector<std::string> JsonTemplate::reserved_names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (part.leaf) add_all_once(part.leaf->reserved_names(), names);
  }
  return names;
}

}  // namespace penstock::placeholders
