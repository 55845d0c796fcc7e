// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The members of a JSON object whose text is known to be JSON.
#include "sinks/members.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "core/utf8.h"

namespace penstock::sinks {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Where the string that begins here ends, behind its closing quote; npos if it never does.
std::size_t string_end(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

// Four hexadecimal digits at `at`, or nothing.
std::optional<std::uint32_t> hex4(std::string_view text, std::size_t at) {
  if (at > text.size() || text.size() - at < 4) return std::nullopt;
  std::uint32_t code = 0;
  const char* begin = text.data() + at;
  const bool whole = std::from_chars(begin, begin + 4, code, 16).ptr == begin + 4;
  return whole ? std::optional(code) : std::nullopt;
}

bool is_high_surrogate(std::uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool is_low_surrogate(std::uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

char control_of(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;  // A quote, a backslash, a slash.
  }
}

// The character that the escape `\uXXXX` at `at` begins; 0 bytes if it is broken.
utf8::Character escaped_character(std::string_view text, std::size_t at) {
  const auto code = hex4(text, at + 2);
  if (!code) return {.bytes = 0};
  if (!is_high_surrogate(*code)) return {.code = *code, .bytes = 6};
  const auto low = text.substr(at + 6, 2) == "\\u" ? hex4(text, at + 8) : std::nullopt;
  if (!low || !is_low_surrogate(*low)) return {.code = *code, .bytes = 6};
  return {.code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00), .bytes = 12};
}

}  // namespace

Members::Members(std::string_view object) : left_(object) {
  pass_blanks();
  broken_ = !pass('{');
}

std::optional<Members::Member> Members::next() {
  if (broken_ || ended_) return std::nullopt;
  pass_blanks();
  if (first_ ? pass('}') : !pass(',')) {
    broken_ = !first_ && !pass('}');
    ended_ = true;
    return std::nullopt;
  }
  first_ = false;
  pass_blanks();
  Member member{.name = take_string(), .json = {}};
  pass_blanks();
  broken_ = broken_ || !pass(':');
  pass_blanks();
  member.json = take_value();
  pass_blanks();
  broken_ = broken_ || member.json.empty() || left_.empty();
  if (broken_) return std::nullopt;
  return member;
}

void Members::pass_blanks() {
  while (!left_.empty() && is_blank(left_.front())) left_.remove_prefix(1);
}

bool Members::pass(char expected) {
  if (!left_.starts_with(expected)) return false;
  left_.remove_prefix(1);
  return true;
}

std::string_view Members::take_string() {
  const std::size_t end = left_.starts_with('"') ? string_end(left_) : std::string_view::npos;
  broken_ = broken_ || end == std::string_view::npos;
  if (broken_) return {};
  const std::string_view text = left_.substr(0, end);
  left_.remove_prefix(end);
  return text;
}

std::string_view Members::take_value() {
  if (broken_ || left_.empty()) return {};
  if (left_.front() == '"') return take_string();
  std::size_t depth = 0;
  std::size_t at = 0;
  while (at < left_.size()) {
    const char c = left_[at];
    if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_blank(c))) break;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    const std::size_t bytes = c == '"' ? string_end(left_.substr(at)) : 1;
    broken_ = broken_ || bytes == std::string_view::npos;
    if (broken_) return {};
    at += bytes;
    if (depth == 0 && (c == '}' || c == ']')) break;
  }
  const std::string_view value = left_.substr(0, at);
  left_.remove_prefix(at);
  broken_ = broken_ || depth != 0;
  return value;
}

bool is_plain_string(std::string_view json) { return json.find('\\') == std::string_view::npos; }

std::string unquoted(std::string_view json) {
  const std::string_view text = json.substr(1, json.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find('\\', at), text.size());
    out.append(text, at, escape - at);
    at = escape;
    if (at + 1 >= text.size()) break;
    if (text[at + 1] != 'u') {
      out += control_of(text[at + 1]);
      at += 2;
      continue;
    }
    const utf8::Character character = escaped_character(text, at);
    if (character.bytes == 0) break;
    utf8::append(character.code, out);
    at += character.bytes;
  }
  return out;
}

}  // namespace penstock::sinks
