// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Writing JSON text.
#include "core/json_text.h"

#include "core/utf8.h"

#include <charconv>
#include <cmath>

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

bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte != '"' && byte != '\\' && byte < 0x80;
}

template <typename Number>
void append_number(Number number, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

void escape(std::string_view text, std::string& out) {
  std::size_t copied = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (is_plain(byte)) {
      ++at;
      continue;
    }
    const auto character = utf8::decode(text, at);
    if (byte >= 0x80 && character.valid) {
      at += character.bytes;
      continue;
    }
    out.append(text, copied, at - copied);
    if (byte < 0x80) {
      append_escape(byte, out);
    } else {
      out += utf8::kReplacement;
    }
    at += character.bytes;
    copied = at;
  }
  out.append(text, copied);
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
