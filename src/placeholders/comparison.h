// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The conditions of `when`: `/label/confidence < 0.8 && status != "retracted"`. Pure; an item can
// make a condition false, never make it fail.
//
//     condition := and ("||" and)*
//     and       := test ("&&" test)*
//     test      := "!" test | "(" condition ")" | "exists(" name ")" | "missing(" name ")"
//                | operand (("==" | "!=" | "<" | "<=" | ">" | ">=") operand)?
//     operand   := name | number | "text" | 'text' | true | false | null
//     name      := field, dotted.path, /json/pointer, or {any name at all}
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace penstock::placeholders {

/// How values compare:
///
///     number, number      exactly if both are integers (of any length), else as doubles
///     text, text          byte by byte
///     number, text        as numbers if the text is one ("2010" from a CSV column), else unequal
///     true, false, null   equal to themselves
///     anything else       unequal, and neither less nor greater
///
/// A comparison with a missing field is false, `!=` too; missing(/x) asks for that. A name alone is
/// true when its value is true.
///
/// Threads: any, read only.
class Comparison {
 public:
  /// Errors: invalid ("job.condition"), naming the column, from 1.
  [[nodiscard]] static Result<Comparison> parse(std::string_view text);

  [[nodiscard]] bool evaluate(json::Node value) const;

  /// The fields it looks at, each once, in order.
  [[nodiscard]] std::vector<std::string> names() const;

  /// As it was written.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  friend class ComparisonParser;
  enum class Kind : std::uint8_t { any, all, negation, exists, missing, truth, relation };
  enum class Relation : std::uint8_t { equal, unequal, less, at_most, greater, at_least };

  struct Operand {
    std::string name;                    // Of a field; else the literal's text.
    json::Kind kind = json::Kind::null;  // Of a literal.
    bool is_name = false;
  };
  // One node of the tree; `first` and `last` are indices of others.
  struct Term {
    Kind kind;
    Relation relation = Relation::equal;
    std::size_t first = 0;
    std::size_t last = 0;
    Operand left{};
    Operand right{};
  };

  bool holds(const Term& term, json::Node value) const;

  std::string text_;
  std::vector<Term> terms_;  // The root is the last.
};

}  // namespace penstock::placeholders
