// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Shell patterns on single names.
#include "sources/glob_match.h"

#include <algorithm>

#include "core/utf8.h"

namespace penstock::sources {
namespace {

// One character of a pattern or name, with what it takes.
struct Unit {
  char32_t code;
  std::size_t bytes;
};

// Invalid bytes get codes of their own, beyond Unicode, so that each matches itself alone.
Unit unit_at(std::string_view text, std::size_t at) {
  const utf8::Character character = utf8::decode(text, at);
  if (character.valid) return {character.code, character.bytes};
  constexpr char32_t kBeyondUnicode = 0x110000;
  return {kBeyondUnicode + static_cast<unsigned char>(text[at]), 1};
}

Unit literal_at(std::string_view pattern, std::size_t at) {
  if (pattern[at] != '\\' || at + 1 == pattern.size()) return unit_at(pattern, at);
  const Unit escaped = unit_at(pattern, at + 1);
  return {escaped.code, escaped.bytes + 1};
}

// Where the bracket expression that begins at `at` ends, behind its ']'; 0 if it never does. A ']'
// that comes first is a member.
std::size_t bracket_end(std::string_view pattern, std::size_t at) {
  std::size_t next = at + 1;
  if (next < pattern.size() && pattern[next] == '!') ++next;
  const std::size_t first = next;
  while (next < pattern.size()) {
    if (pattern[next] == ']' && next > first) return next + 1;
    next += literal_at(pattern, next).bytes;
  }
  return 0;
}

bool in_bracket(std::string_view inside, char32_t code) {
  const bool negated = inside.substr(0, 1) == "!";
  bool found = false;
  for (std::size_t at = negated ? 1 : 0; at < inside.size();) {
    const Unit low = literal_at(inside, at);
    at += low.bytes;
    Unit high = low;
    if (at + 1 < inside.size() && inside[at] == '-') {
      high = literal_at(inside, at + 1);
      at += 1 + high.bytes;
    }
    found = found || (low.code <= code && code <= high.code);
  }
  return found != negated;
}

// How many bytes of the pattern at `at` match this one character; 0: it does not match.
std::size_t match_one(std::string_view pattern, std::size_t at, char32_t code) {
  if (at == pattern.size()) return 0;
  if (pattern[at] == '?') return 1;
  if (pattern[at] == '[') {
    if (const std::size_t end = bracket_end(pattern, at); end > 0) {
      return in_bracket(pattern.substr(at + 1, end - at - 2), code) ? end - at : 0;
    }
  }
  const Unit literal = literal_at(pattern, at);
  return literal.code == code ? literal.bytes : 0;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view name) {
  const bool hidden = name.substr(0, 1) == ".";
  if (hidden && pattern.substr(0, 1) != "." && pattern.substr(0, 2) != "\\.") return false;
  // Only the last star can still take more: what an earlier one could give, it can as well.
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  std::size_t at = 0;
  std::size_t name_at = 0;
  while (name_at < name.size()) {
    const Unit unit = unit_at(name, name_at);
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_name = name_at;
    } else if (const std::size_t taken = match_one(pattern, at, unit.code); taken > 0) {
      at += taken;
      name_at += unit.bytes;
    } else if (star != std::string_view::npos) {
      star_name += unit_at(name, star_name).bytes;
      name_at = star_name;
      at = star + 1;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

bool is_glob(std::string_view pattern) {
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\') {
      ++at;
    } else if (pattern[at] == '*' || pattern[at] == '?' ||
               (pattern[at] == '[' && bracket_end(pattern, at) > 0)) {
      return true;
    }
  }
  return false;
}

std::string glob_literal(std::string_view pattern) {
  std::string literal;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    literal += pattern[at];
  }
  return literal;
}

}  // namespace penstock::sources
