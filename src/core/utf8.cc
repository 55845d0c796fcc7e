// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// UTF-8 as it comes from strangers.
#include "core/utf8.h"

#include <cstdint>
#include <cstring>

namespace penstock::utf8 {
namespace {

// What may follow a first byte: how many bytes in all, and the range of the second. All later ones
// are 80..BF. The ranges exclude overlong forms, surrogates and what is beyond U+10FFFF.
struct Lead {
  std::size_t bytes;
  unsigned char low;
  unsigned char high;
};

constexpr Lead lead_of(unsigned char byte) noexcept {
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

constexpr std::size_t kStrideBytes = 32;  // Mostly ASCII: four words a test, side by side.

bool all_ascii(const char* stride) noexcept {
  std::uint64_t words[kStrideBytes / sizeof(std::uint64_t)];
  std::memcpy(words, stride, sizeof words);
  return ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080U) == 0;
}

}  // namespace

Character decode(std::string_view text, std::size_t at) noexcept {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = lead_of(first);
  if (lead.bytes == 0) return {0xFFFD, 1, false};
  char32_t code = first & (0x7FU >> lead.bytes);
  for (std::size_t i = 1; i < lead.bytes; ++i) {
    if (at + i >= text.size()) return {0xFFFD, i, false};
    const auto byte = static_cast<unsigned char>(text[at + i]);
    const unsigned char low = i == 1 ? lead.low : 0x80;
    const unsigned char high = i == 1 ? lead.high : 0xBF;
    if (byte < low || byte > high) return {0xFFFD, i, false};
    code = (code << 6U) | (byte & 0x3FU);
  }
  return {code, lead.bytes, true};
}

void append(char32_t code, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if ((code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) {
    out += kReplacement;
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_valid(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    if (at + kStrideBytes <= text.size() && all_ascii(text.data() + at)) {
      at += kStrideBytes;
      continue;
    }
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Character character = decode(text, at);
    if (!character.valid) return false;
    at += character.bytes;
  }
  return true;
}

std::string to_valid(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    out += character.valid ? text.substr(at, character.bytes) : kReplacement;
    at += character.bytes;
  }
  return out;
}

std::string_view truncate(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) return text;
  // A character has at most four bytes, so only the last three before the cut can begin one.
  for (std::size_t back = 1; back <= 3 && back <= bytes_max; ++back) {
    const Character character = decode(text, bytes_max - back);
    if (character.valid && character.bytes > back) return text.substr(0, bytes_max - back);
  }
  return text.substr(0, bytes_max);
}

}  // namespace penstock::utf8
