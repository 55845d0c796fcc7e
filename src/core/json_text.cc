// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Writing JSON text.
#include "core/json_text.h"

#include "core/utf8.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace penstock::json {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_escape(unsigned char byte, std::string& out) {
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
  }
}

constexpr std::uint64_t in_each_byte(std::uint64_t byte) { return byte * 0x0101010101010101U; }

// The top bit of each byte that is less than `bound`; above the first such byte it may err.
// Source: "Bit Twiddling Hacks", S. E. Anderson, "Determine if a word has a byte less than n".
constexpr std::uint64_t less_than(std::uint64_t word, std::uint64_t bound) {
  return (word - in_each_byte(bound)) & ~word & in_each_byte(0x80);
}

bool must_escape(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 || byte == '"' || byte == '\\';
}

// The first byte from `at` on that cannot stand in a JSON string as it is, or the end.
std::size_t find_escape(std::string_view text, std::size_t at) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t found = less_than(word, 0x20) | less_than(word ^ in_each_byte('"'), 1) |
                                less_than(word ^ in_each_byte('\\'), 1);
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  while (at < text.size() && !must_escape(text[at])) ++at;
  return at;
}

template <typename Number>
void append_number(Number number, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

void escape_valid(std::string_view text, std::string& out) {
  std::size_t at = 0;
  while (true) {
    const std::size_t end = find_escape(text, at);
    out.append(text, at, end - at);
    if (end == text.size()) return;
    append_escape(static_cast<unsigned char>(text[end]), out);
    at = end + 1;
  }
}

void escape(std::string_view text, std::string& out) {
  if (utf8::is_valid(text)) return escape_valid(text, out);
  escape_valid(utf8::to_valid(text), out);
}

void quote(std::string_view text, std::string& out) {
  out += '"';
  escape(text, out);
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  quote(text, out);
  return out;
}

ObjectWriter::ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

void ObjectWriter::begin_member(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  quote(name, out_);
  out_ += ':';
}

ObjectWriter& ObjectWriter::raw(std::string_view name, std::string_view json) {
  begin_member(name);
  out_ += json;
  return *this;
}

ObjectWriter& ObjectWriter::string(std::string_view name, std::string_view text) {
  begin_member(name);
  quote(text, out_);
  return *this;
}

ObjectWriter& ObjectWriter::integer(std::string_view name, std::int64_t number) {
  begin_member(name);
  append_number(number, out_);
  return *this;
}

ObjectWriter& ObjectWriter::unsigned_integer(std::string_view name, std::uint64_t number) {
  begin_member(name);
  append_number(number, out_);
  return *this;
}

ObjectWriter& ObjectWriter::number(std::string_view name, double number) {
  if (!std::isfinite(number)) return null(name);
  begin_member(name);
  append_number(number, out_);
  return *this;
}

ObjectWriter& ObjectWriter::boolean(std::string_view name, bool truth) {
  return raw(name, truth ? "true" : "false");
}

ObjectWriter& ObjectWriter::null(std::string_view name) { return raw(name, "null"); }

void ObjectWriter::close() { out_ += '}'; }

}  // namespace penstock::json
