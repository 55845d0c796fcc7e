// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Item values: compact JSON objects, spliced as text.
#include "core/value.h"

#include "core/assert.h"
#include "core/json_text.h"

#include <algorithm>
#include <charconv>

namespace penstock {
namespace {

constexpr std::string_view kParent = "parent";

void append_member(std::string_view name, std::string_view json, std::string& out) {
  if (out.back() != '{') out += ',';
  json::quote(name, out);
  out += ':';
  out += json;
}

// One step of a dotted path: a member, or a place in an array.
std::optional<json::Node> step_into(json::Node node, std::string_view part) {
  if (node.is(json::Kind::object)) return node.member(part);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return node.element(index);
}

std::optional<json::Node> walk(json::Node node, std::string_view path) {
  while (true) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const auto next = step_into(node, path.substr(0, dot));
    if (!next || dot == path.size()) return next;
    node = *next;
    path.remove_prefix(dot + 1);
  }
}

// The text of `node` without the part of the document that `gone` stands for.
void append_without(json::Node node, json::Node gone, std::string& out) {
  const std::string_view all = node.raw();
  const auto begin = static_cast<std::size_t>(gone.raw().data() - all.data());
  out.append(all, 0, begin);
  out += "null";
  out.append(all, begin + gone.raw().size());
}

// The text of object `node` without its members called `name`.
std::string without_member(json::Node node, std::string_view name) {
  std::string out = "{";
  for (const json::Member member : node.members()) {
    if (member.name != name) append_member(member.name, member.value.raw(), out);
  }
  out += '}';
  return out;
}

}  // namespace

std::string with_parent(std::string_view own, std::string_view context) {
  PENSTOCK_ASSERT(own.size() >= 2 && own.front() == '{' && own.back() == '}');
  if (context.empty()) return std::string(own);
  std::string out;
  out.reserve(own.size() + context.size() + 16);
  out.append(own, 0, own.size() - 1);
  append_member(kParent, context, out);
  out += '}';
  return out;
}

std::string with_member(json::Node value, std::string_view name, std::string_view json) {
  PENSTOCK_ASSERT(value.is(json::Kind::object));
  std::string out;
  out.reserve(value.raw().size() + name.size() + json.size() + 8);
  out += '{';
  std::size_t left = value.size();
  bool added = false;
  for (const json::Member member : value.members()) {
    if (--left == 0 && member.name == kParent && name != kParent) {
      append_member(name, json, out);
      added = true;
    }
    if (member.name != name) append_member(member.name, member.value.raw(), out);
  }
  if (!added) append_member(name, json, out);
  out += '}';
  return out;
}

std::string cut_member_at(json::Node root, std::string_view pointer) {
  const auto gone = root.at(pointer);
  if (!gone) return std::string(root.raw());
  const std::size_t slash = pointer.rfind('/');
  if (slash == std::string_view::npos) return "null";
  const json::Node holder = *root.at(pointer.substr(0, slash));
  std::string out;
  out.reserve(root.raw().size());
  if (holder.is(json::Kind::array)) {
    append_without(root, *gone, out);
    return out;
  }
  const std::string_view all = root.raw();
  const auto begin = static_cast<std::size_t>(holder.raw().data() - all.data());
  out.append(all, 0, begin);
  out += without_member(holder, json::pointer_parts(pointer).back());
  out.append(all, begin + holder.raw().size());
  return out;
}

std::optional<json::Node> lookup(json::Node value, std::string_view name) {
  if (name.substr(0, 1) == "/") return value.at(name);
  const std::string_view first = name.substr(0, name.find('.'));
  for (std::optional<json::Node> level = value; level; level = level->member(kParent)) {
    if (const auto whole = level->member(name)) return whole;
    if (first.size() < name.size() && level->member(first)) return walk(*level, name);
  }
  return std::nullopt;
}

}  // namespace penstock
