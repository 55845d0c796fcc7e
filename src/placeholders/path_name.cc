// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// File names made of a template's own text and of escaped values.
#include "placeholders/path_name.h"

#include "core/fingerprint.h"
#include "core/utf8.h"

namespace penstock::placeholders {
namespace {

// ".txt" of "a.txt": what programs know a file by, so a cut keeps it. Longer ones are no
// extensions but the end of some sentence.
std::string_view extension_of(std::string_view name) {
  constexpr std::size_t kExtensionBytesMax = 16;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  const std::string_view extension = name.substr(dot);
  return extension.size() <= kExtensionBytesMax ? extension : std::string_view();
}

std::string cut(std::string_view name) {
  const std::string_view extension = extension_of(name);
  const std::string digits = to_hex(fingerprint(name)).substr(0, 16);
  const std::size_t left = kNameBytesMax - extension.size() - digits.size() - 1;
  std::string out(utf8::truncate(name, left));
  out += '-';
  out += digits;
  out += extension;
  return out;
}

}  // namespace

Result<std::string> path_name(std::string_view text, bool starts_with_literal) {
  if (text.empty()) return Error{Errc::invalid, "an empty file name", "item.path"};
  std::string name;
  const bool is_folder = text == "." || text == "..";
  if (text.front() == '.' && (is_folder || !starts_with_literal)) {
    name = "%2E";
    text.remove_prefix(1);
  }
  name += text;
  return name.size() <= kNameBytesMax ? name : cut(name);
}

}  // namespace penstock::placeholders
