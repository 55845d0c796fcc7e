// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Walking a Document. Whoever wants to know how one is built: json_parse.cc.
#include "core/json.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace penstock::json {
namespace {

// Whether a number that no double holds is too large rather than too small: the power of ten of
// its first digit that is not zero, from that digit's place and the exponent.
bool is_above_one(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t digit = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  std::int64_t exponent = 0;
  if (e < number.size()) {
    const std::size_t sign = number[e + 1] == '+' ? 1 : 0;
    std::from_chars(number.data() + e + 1 + sign, number.data() + number.size(), exponent);
  }
  return exponent + static_cast<std::int64_t>(point) > static_cast<std::int64_t>(digit);
}

}  // namespace

std::string_view to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::array:
      return "array";
    case Kind::object:
      return "object";
  }
  return "unknown";
}

Kind Node::kind() const noexcept { return static_cast<Kind>(document_->tape_[index_].kind); }

std::string_view Node::raw() const noexcept {
  const auto& entry = document_->tape_[index_];
  return std::string_view(document_->text_).substr(entry.begin, entry.end - entry.begin);
}

std::string_view Node::text() const noexcept {
  const auto& entry = document_->tape_[index_];
  if (entry.escaped) return std::string_view(document_->decoded_).substr(entry.next, entry.count);
  const std::string_view text = raw();
  return is(Kind::string) ? text.substr(1, text.size() - 2) : text;
}

std::uint32_t Node::after() const noexcept {
  const auto& entry = document_->tape_[index_];
  return static_cast<Kind>(entry.kind) >= Kind::array ? entry.next : index_ + 1;
}

std::size_t Node::size() const noexcept {
  return kind() >= Kind::array ? document_->tape_[index_].count : 0;
}

std::optional<Node> Node::member(std::string_view name) const noexcept {
  std::optional<Node> found;
  for (const Member member : members()) {
    if (member.name == name) found = member.value;
  }
  return found;
}

std::optional<Node> Node::element(std::size_t index) const noexcept {
  if (!is(Kind::array) || index >= size()) return std::nullopt;
  auto element = elements().begin();
  while (index-- > 0) ++element;
  return *element;
}

Elements Node::elements() const noexcept {
  const Node end(document_, after());
  return {is(Kind::array) ? Node(document_, index_ + 1) : end, end};
}

Members Node::members() const noexcept {
  const Node end(document_, after());
  return {is(Kind::object) ? Node(document_, index_ + 1) : end, end};
}

std::optional<std::int64_t> Node::integer() const noexcept {
  if (!is(Kind::number)) return std::nullopt;
  const std::string_view text = raw();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> Node::number() const noexcept {
  if (!is(Kind::number)) return std::nullopt;
  const std::string_view text = raw();
  double number = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), number).ec;
  if (error != std::errc::result_out_of_range) return number;
  const double magnitude = is_above_one(text) ? std::numeric_limits<double>::infinity() : 0.0;
  return text.front() == '-' ? -magnitude : magnitude;
}

std::optional<bool> Node::boolean() const noexcept {
  if (!is(Kind::boolean)) return std::nullopt;
  return raw() == "true";
}

}  // namespace penstock::json
