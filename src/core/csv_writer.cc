// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Writing CSV: quotes only where a reader needs them.
#include "core/csv.h"

#include "core/assert.h"

#include <algorithm>

namespace penstock::csv {
namespace {

// Whether a reader could take the first byte of a file for that of a byte order mark.
bool begins_like_mark(std::string_view field) {
  constexpr std::string_view kFirstBytes = "\xEF\xFE\xFF";
  return !field.empty() && kFirstBytes.find(field.front()) != std::string_view::npos;
}

bool needs_quotes(std::string_view field, char delimiter) {
  return begins_like_mark(field) || std::any_of(field.begin(), field.end(), [delimiter](char c) {
           return c == delimiter || c == '"' || c == '\n' || c == '\r';
         });
}

// Digits with a sign, a point and an exponent: no formula, whatever it begins with.
bool is_plain_number(std::string_view field) {
  const auto skip_digits = [&field] {
    const std::size_t end = std::min(field.find_first_not_of("0123456789"), field.size());
    field.remove_prefix(end);
    return end > 0;
  };
  const auto skip_one_of = [&field](std::string_view set) {
    if (field.empty() || set.find(field.front()) == std::string_view::npos) return false;
    field.remove_prefix(1);
    return true;
  };
  skip_one_of("+-");
  if (!skip_digits()) return false;
  if (skip_one_of(".") && !skip_digits()) return false;
  if (skip_one_of("eE")) {
    skip_one_of("+-");
    if (!skip_digits()) return false;
  }
  return field.empty();
}

bool is_formula(std::string_view field) {
  constexpr std::string_view kStarts = "=+-@\t\r";
  return !field.empty() && kStarts.find(field.front()) != std::string_view::npos &&
         !is_plain_number(field);
}

void append_quoted(std::string_view field, std::string& out) {
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
}

void append_field(std::string_view field, const WriteOptions& options, std::string& out) {
  const bool is_defused = options.spreadsheet_safe == SpreadsheetSafe::yes && is_formula(field);
  if (!needs_quotes(field, options.delimiter)) {
    if (is_defused) out += '\'';
    out += field;
    return;
  }
  out += '"';
  if (is_defused) out += '\'';
  append_quoted(field, out);
  out += '"';
}

}  // namespace

void write_record(std::span<const std::string_view> fields, std::string& out,
                  const WriteOptions& options) {
  PENSTOCK_ASSERT(!fields.empty());
  if (fields.size() == 1 && fields.front().empty()) {
    out += "\"\"\n";  // Without quotes it would be an empty line.
    return;
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += options.delimiter;
    append_field(fields[i], options, out);
  }
  out += '\n';
}

}  // namespace penstock::csv
