// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON values as SQLite keeps them.
#include "sinks/sql_value.h"

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "sinks/plain_text.h"

namespace penstock::sinks {
namespace {

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool fits_real(std::string_view number) {
  const std::string_view digits = number.substr(0, number.find_first_of("eE"));
  return std::count_if(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) <=
         DBL_DIG;
}

void bind_number(Statement& statement, int place, std::string_view json) {
  const bool is_integer = json.find_first_of(".eE") == std::string_view::npos;
  if (is_integer) {
    if (const auto number = whole_number<std::int64_t>(json)) {
      return statement.bind(place, *number);
    }
  } else if (fits_real(json)) {
    const auto number = whole_number<double>(json);
    if (number && std::isfinite(*number)) return statement.bind(place, *number);
  }
  statement.bind(place, json);
}

}  // namespace

void bind_json(Statement& statement, int place, std::string_view json) {
  std::string scratch;
  switch (json.empty() ? 'n' : json.front()) {
    case 'n':
      return statement.bind_null(place);
    case 't':
      return statement.bind(place, std::int64_t{1});
    case 'f':
      return statement.bind(place, std::int64_t{0});
    case '"':
    case '{':
    case '[':
      return statement.bind(place, plain_text(json, scratch));
    default:
      bind_number(statement, place, json);
  }
}

}  // namespace penstock::sinks
