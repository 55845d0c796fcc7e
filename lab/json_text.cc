// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Escaping by Boost.JSON; the check of UTF-8 is ours, since Boost.JSON writes bytes as they are.
#include "json_text.h"

#include <boost/json/serialize.hpp>

namespace penstock::lab {
namespace {

bool is_tail(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The length of the character at the front, or 0 if it is no whole UTF-8 character.
/// Source: RFC 3629, section 4 (no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t character_bytes(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return 1;
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_tail(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                     (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return wrong ? 0 : bytes;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto bytes = character_bytes(text);
    out.append(bytes ? text.substr(0, bytes) : std::string_view("\xEF\xBF\xBD"));
    text.remove_prefix(bytes ? bytes : 1);
  }
  return out;
}

std::string json_quoted(std::string_view text) { return boost::json::serialize(valid_utf8(text)); }

}  // namespace penstock::lab
