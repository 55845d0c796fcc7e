// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Two small tables of code points decide: what is dangerous to show, and what is wide.
#include "report/safe_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/utf8.h"

namespace penstock::report {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Format characters that hide or reorder text, line separators, tags, private use and the BOM.
constexpr std::array<Range, 15> kHidden{{{0x00AD, 0x00AD},
                                         {0x034F, 0x034F},
                                         {0x061C, 0x061C},
                                         {0x115F, 0x1160},
                                         {0x17B4, 0x17B5},
                                         {0x180B, 0x180F},
                                         {0x200B, 0x200F},
                                         {0x2028, 0x202E},
                                         {0x2060, 0x206F},
                                         {0x3164, 0x3164},
                                         {0xE000, 0xF8FF},
                                         {0xFEFF, 0xFEFF},
                                         {0xFFA0, 0xFFA0},
                                         {0xFFF0, 0xFFFB},
                                         {0xE0000, 0x10FFFF}}};

constexpr std::array<Range, 10> kWide{{{0x1100, 0x115E},
                                       {0x2E80, 0x303E},
                                       {0x3041, 0xA4CF},
                                       {0xA960, 0xA97C},
                                       {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},
                                       {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},
                                       {0x1F300, 0x1FAFF},
                                       {0x20000, 0x3FFFD}}};

constexpr std::array<Range, 6> kCombining{{{0x0300, 0x036F},
                                           {0x1AB0, 0x1AFF},
                                           {0x1DC0, 0x1DFF},
                                           {0x20D0, 0x20FF},
                                           {0xFE00, 0xFE0F},
                                           {0xFE20, 0xFE2F}}};

template <std::size_t kCount>
bool contains(const std::array<Range, kCount>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const Range& r) { return code >= r.first && code <= r.last; });
}

std::string escaped(char32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto number = static_cast<std::uint32_t>(code);
  if (number < 0x100) return fmt::format("\\x{:02x}", number);
  return number < 0x10000 ? fmt::format("\\u{:04x}", number) : fmt::format("\\U{:08x}", number);
}

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

std::size_t columns_of(char32_t code) {
  if (contains(kCombining, code)) return 0;
  return contains(kWide, code) ? 2 : 1;
}

}  // namespace

std::string safe_text(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Character character = utf8::decode(text, at);
    if (!character.valid) {
      for (std::size_t i = 0; i < character.bytes; ++i)
        safe += escaped(static_cast<unsigned char>(text[at + i]));
    } else if (is_control(character.code) || contains(kHidden, character.code)) {
      safe += escaped(character.code);
    } else {
      safe += text.substr(at, character.bytes);
    }
    at += character.bytes;
  }
  return safe;
}

std::string safe_text(std::string_view text, std::size_t columns_max) {
  // A character is at most four bytes, so nothing beyond this can be shown: a 1 GiB item is cheap.
  return cut_to_columns(safe_text(text.substr(0, 4 * columns_max + 4)), columns_max);
}

std::size_t columns_of(std::string_view text) noexcept {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Character character = utf8::decode(text, at);
    columns += columns_of(character.code);
    at += character.bytes;
  }
  return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t columns_max) {
  if (columns_of(text) <= columns_max) return std::string(text);
  if (columns_max == 0) return {};
  std::size_t columns = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const utf8::Character character = utf8::decode(text, at);
    const std::size_t wider = columns + columns_of(character.code);
    if (wider > columns_max - 1) break;
    columns = wider;
    at += character.bytes;
  }
  return std::string(text.substr(0, at)) + "\xE2\x80\xA6";
}

}  // namespace penstock::report
