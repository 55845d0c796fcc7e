// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Another name for a file or folder whose name is taken.
#include "sinks/file_name.h"

#include "core/fingerprint.h"
#include "core/utf8.h"

namespace penstock::sinks {
namespace {

constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kExtensionBytesMax = 16;

// ".txt" of "a.txt"; what is longer is no extension but the end of some sentence.
std::string_view extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  return name.size() - dot <= kExtensionBytesMax ? name.substr(dot) : std::string_view();
}

}  // namespace

std::string name_for_key(std::string_view name, std::string_view key, std::size_t digits) {
  const std::string_view extension = extension_of(name);
  const std::string suffix = "-" + to_hex(fingerprint(key)).substr(0, digits);
  const std::string_view stem = name.substr(0, name.size() - extension.size());
  const std::size_t left = kNameBytesMax - suffix.size() - extension.size();
  return std::string(utf8::truncate(stem, left)) + suffix + std::string(extension);
}

}  // namespace penstock::sinks
