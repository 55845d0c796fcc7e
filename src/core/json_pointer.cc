// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON pointers. Source: RFC 6901.
#include "core/json.h"

#include <algorithm>
#include <charconv>

namespace penstock::json {
namespace {

std::string unescaped(std::string_view part) {
  std::string name;
  name.reserve(part.size());
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '~') {
      name += part[i];
      continue;
    }
    ++i;
    name += part[i] == '0' ? '~' : '/';
  }
  return name;
}

// "0" or digits that do not begin with 0; "-" names what is behind the end, so never a value.
std::optional<std::size_t> array_index(std::string_view part) {
  if (part.empty() || (part.front() == '0' && part.size() > 1)) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

std::optional<Node> child(const Node& node, std::string_view part) {
  if (node.is(Kind::object)) return node.member(part);
  const auto index = array_index(part);
  return index ? node.element(*index) : std::nullopt;
}

}  // namespace

Status check_pointer(std::string_view pointer) {
  const auto wrong = [&](std::string_view why) {
    return Error{Errc::invalid,
                 "JSON pointer \"" + std::string(pointer) + "\": " + std::string(why),
                 "json.pointer"};
  };
  if (!pointer.empty() && pointer.front() != '/') return wrong("must begin with /");
  for (std::size_t at = pointer.find('~'); at != std::string_view::npos;
       at = pointer.find('~', at + 1)) {
    const char next = at + 1 < pointer.size() ? pointer[at + 1] : ' ';
    if (next != '0' && next != '1') return wrong("~ must be followed by 0 or 1");
  }
  return ok();
}

std::vector<std::string> pointer_parts(std::string_view pointer) {
  std::vector<std::string> parts;
  while (!pointer.empty()) {
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    parts.push_back(unescaped(pointer.substr(1, end - 1)));
    pointer.remove_prefix(end);
  }
  return parts;
}

std::optional<Node> Node::at(std::string_view pointer) const {
  if (!check_pointer(pointer)) return std::nullopt;
  std::optional<Node> node = *this;
  for (const std::string& part : pointer_parts(pointer)) {
    node = child(*node, part);
    if (!node) return std::nullopt;
  }
  return node;
}

}  // namespace penstock::json
