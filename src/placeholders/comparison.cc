// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Deciding a condition. Reading one: comparison_parse.cc.
#include "placeholders/comparison.h"

#include <algorithm>
#include <compare>
#include <optional>

#include "core/value.h"

namespace penstock::placeholders {
namespace {

struct Scalar {
  json::Kind kind;
  std::string_view text;
};

bool is_integer(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos;
}

// Of integers as JSON writes them, so without leading zeros: the longer one is the larger.
std::strong_ordering compare_integers(std::string_view a, std::string_view b) {
  if (a == "-0") a = "0";
  if (b == "-0") b = "0";
  const bool a_negative = a.front() == '-';
  const bool b_negative = b.front() == '-';
  if (a_negative != b_negative) return b_negative <=> a_negative;
  const auto by_size = a.size() <=> b.size();
  const auto absolute = by_size != 0 ? by_size : a.compare(b) <=> 0;
  return a_negative ? 0 <=> absolute : absolute;
}

// The text itself, if it is a number as JSON writes one.
std::optional<json::Document> as_number(const Scalar& scalar) {
  if (scalar.kind != json::Kind::number && scalar.kind != json::Kind::string) return std::nullopt;
  constexpr std::size_t kNumberBytesMax = 1000;
  const bool may_be = !scalar.text.empty() && scalar.text.size() <= kNumberBytesMax &&
                      scalar.text.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
  if (!may_be) return std::nullopt;
  auto document = json::Document::parse(scalar.text);
  if (!document) return std::nullopt;
  return std::move(*document);
}

std::partial_ordering compare_numbers(const Scalar& a, const Scalar& b) {
  const auto first = as_number(a);
  const auto second = as_number(b);
  if (!first || !second) return std::partial_ordering::unordered;
  if (is_integer(a.text) && is_integer(b.text)) return compare_integers(a.text, b.text);
  return *first->root().number() <=> *second->root().number();
}

std::partial_ordering compare(const Scalar& a, const Scalar& b) {
  using json::Kind;
  if (a.kind == Kind::number || b.kind == Kind::number) return compare_numbers(a, b);
  if (a.kind != b.kind) return std::partial_ordering::unordered;
  if (a.kind == Kind::string) return a.text.compare(b.text) <=> 0;
  // True, false, null, and arrays and objects by their text: equal or not, never less.
  return a.text == b.text ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
}

}  // namespace

bool Comparison::holds(const Term& term, json::Node value) const {
  const auto scalar = [&](const Operand& operand) -> std::optional<Scalar> {
    if (!operand.is_name) return Scalar{operand.kind, operand.name};
    const auto node = lookup(value, operand.name);
    if (!node) return std::nullopt;
    return Scalar{node->kind(), node->text()};
  };
  const auto left = scalar(term.left);
  switch (term.kind) {
    case Kind::any:
      return holds(terms_[term.first], value) || holds(terms_[term.last], value);
    case Kind::all:
      return holds(terms_[term.first], value) && holds(terms_[term.last], value);
    case Kind::negation:
      return !holds(terms_[term.first], value);
    case Kind::exists:
      return left.has_value();
    case Kind::missing:
      return !left.has_value();
    case Kind::truth:
      return left && left->kind == json::Kind::boolean && left->text == "true";
    case Kind::relation:
      break;
  }
  const auto right = scalar(term.right);
  if (!left || !right) return false;
  const std::partial_ordering order = compare(*left, *right);
  switch (term.relation) {
    case Relation::equal:
      return order == 0;
    case Relation::unequal:
      return order != 0;
    case Relation::less:
      return order < 0;
    case Relation::at_most:
      return order <= 0;
    case Relation::greater:
      return order > 0;
    case Relation::at_least:
      return order >= 0;
  }
  return false;
}

bool Comparison::evaluate(json::Node value) const { return holds(terms_.back(), value); }

std::vector<std::string> Comparison::names() const {
  std::vector<std::string> names;
  for (const Term& term : terms_) {
    for (const Operand* operand : {&term.left, &term.right}) {
      if (!operand->is_name) continue;
      if (std::find(names.begin(), names.end(), operand->name) == names.end()) {
        names.push_back(operand->name);
      }
    }
  }
  return names;
}

}  // namespace penstock::placeholders
