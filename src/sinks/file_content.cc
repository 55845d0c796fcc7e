// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What stands in the file of a record.
#include "sinks/file_content.h"

#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/base64.h"
#include "sinks/members.h"

namespace penstock::sinks {
namespace {

constexpr std::array<std::string_view, 4> kMembers = {"text", "body", "base64", "file"};

// The strings of these members, where they are strings.
std::array<std::optional<std::string_view>, kMembers.size()> find_members(std::string_view output) {
  std::array<std::optional<std::string_view>, kMembers.size()> found;
  Members members(output);
  while (const auto member = members.next()) {
    for (std::size_t i = 0; i < kMembers.size(); ++i) {
      const bool is_it = member->name.substr(1, member->name.size() - 2) == kMembers[i];
      if (is_it && member->json.starts_with('"')) found[i] = member->json;
    }
  }
  return found;
}

// The name of a body of this run, or nothing.
std::string body_name(const std::string& path, std::string_view bodies_folder) {
  const std::filesystem::path file(path);
  const auto folder = std::filesystem::path(bodies_folder).filename();
  const std::string name = file.filename().native();
  const bool is_body = !folder.empty() && file.parent_path().filename() == folder &&
                       !name.empty() && name != "." && name != "..";
  return is_body ? name : std::string();
}

}  // namespace

FileContent content_of(std::string_view output, std::string_view bodies_folder) {
  if (output.starts_with('"')) return {.bytes = unquoted(output), .body_name = {}};
  const auto [text, body, encoded, file] = find_members(output);
  if (text) return {.bytes = unquoted(*text), .body_name = {}};
  if (body) return {.bytes = unquoted(*body), .body_name = {}};
  if (encoded) {
    if (auto bytes = from_base64(unquoted(*encoded)))
      return {.bytes = std::move(*bytes), .body_name = {}};
  }
  if (file) {
    std::string name = body_name(unquoted(*file), bodies_folder);
    if (!name.empty()) return {.bytes = {}, .body_name = std::move(name)};
  }
  return {.bytes = std::string(output), .body_name = {}};
}

}  // namespace penstock::sinks
