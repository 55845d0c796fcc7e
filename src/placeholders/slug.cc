// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Readable names made of any text.
#include "placeholders/slug.h"

#include "core/fingerprint.h"
#include "core/utf8.h"

#include <algorithm>
#include <array>

namespace penstock::placeholders {
namespace {

// U+00C0 to U+017F without their accents, in lower case: the first letter of the canonical
// decomposition (Unicode 14), and the usual spelling of those that have none.
constexpr char32_t kLatinFirst = 0xC0;
constexpr std::array<std::string_view, 192> kLatin{
    {"a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
     "d", "n", "o",  "o",  "o", "o", "o",  "-", "o", "u", "u", "u", "u", "y", "th", "ss",
     "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
     "d", "n", "o",  "o",  "o", "o", "o",  "-", "o", "u", "u", "u", "u", "y", "th", "y",
     "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",
     "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",
     "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",
     "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",
     "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",
     "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",
     "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",
     "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s"}};

struct Range {
  char32_t first;
  char32_t last;
};

// Blocks without letters: punctuation, currency, symbols, full-width ASCII that is no letter,
// private use, emoji, tags. Whatever is in none of them is taken for a letter.
constexpr std::array<Range, 19> kNoLetters{{{0x80, 0xA9},
                                            {0xAB, 0xB4},
                                            {0xB6, 0xB9},
                                            {0xBB, 0xBF},
                                            {0x1680, 0x1680},
                                            {0x2000, 0x2070},
                                            {0x2080, 0x2BFF},
                                            {0x2E00, 0x2E7F},
                                            {0x3000, 0x3004},
                                            {0x3008, 0x3020},
                                            {0xE000, 0xF8FF},
                                            {0xFE00, 0xFE6F},
                                            {0xFF00, 0xFF0F},
                                            {0xFF1A, 0xFF20},
                                            {0xFF3B, 0xFF40},
                                            {0xFF5B, 0xFF65},
                                            {0xFFE0, 0xFFFF},
                                            {0x1F000, 0x1FAFF},
                                            {0xE0000, 0x10FFFF}}};

bool is_letter(char32_t code) {
  const auto range = std::partition_point(kNoLetters.begin(), kNoLetters.end(),
                                          [code](const Range& r) { return r.last < code; });
  return range == kNoLetters.end() || code < range->first;
}

bool is_combining(char32_t code) { return code >= 0x300 && code <= 0x36F; }

// What one character becomes; a single "-" if it is no letter.
std::string_view folded(char32_t code, std::string_view character, char& ascii) {
  if (code < 0x80) {
    ascii = static_cast<char>(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code);
    const bool is_plain = (ascii >= 'a' && ascii <= 'z') || (ascii >= '0' && ascii <= '9');
    return is_plain ? std::string_view(&ascii, 1) : "-";
  }
  if (code >= kLatinFirst && code < kLatinFirst + kLatin.size()) return kLatin[code - kLatinFirst];
  return is_letter(code) ? character : "-";
}

}  // namespace

std::string slug(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Character character = utf8::decode(text, at);
    char ascii = 0;
    const std::string_view part = folded(character.code, text.substr(at, character.bytes), ascii);
    at += character.bytes;
    if (is_combining(character.code)) continue;
    if (part != "-") {
      out += part;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  if (!out.empty() && out.back() == '-') out.pop_back();
  if (!out.empty() && out.size() <= bytes_max) return out;
  const std::string digits = to_hex(fingerprint(text)).substr(0, 16);
  if (out.empty()) return digits;
  out.resize(utf8::truncate(out, bytes_max - digits.size() - 1).size());
  return out + '-' + digits;
}

}  // namespace penstock::placeholders
