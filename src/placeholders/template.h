// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Text with placeholders: `https://api.example.com/search?q={term}&page={page|default:1}`.
//
//     template    := (text | "{{" | "}}" | placeholder)*        "{{" and "}}" are single braces
//     placeholder := "{" name ("|" filter (":" argument)?)* "}"
//     name        := a field, a dotted path, or a JSON pointer (core/value.h's lookup())
//                  | "worker" | "attempt" | "env." NAME | "secret." NAME        (reserved)
//
// What a placeholder inserts is data: escaped for its place and never read as a template again.
// docs/manual/placeholders.md has every filter and place with examples.
#pragma once

#include <penstock/error.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "placeholders/filter.h"
#include "placeholders/place.h"

namespace penstock::placeholders {

/// Answers for reserved names ("worker", "env.HOME", "secret.KEY"); nothing if it has none.
using Resolver = std::function<std::optional<std::string>(std::string_view name)>;

/// Shows `***` for everything from the environment, worker 0 and attempt 1.
[[nodiscard]] std::optional<std::string> preview_resolver(std::string_view name);

/// Whether the name is for a Resolver and never a field: fields of such names have pointers,
/// `{/worker}`.
[[nodiscard]] bool is_reserved(std::string_view name) noexcept;

/// Threads: any, read only.
class Template {
 public:
  /// Errors: invalid ("job.placeholder"), naming the column, from 1.
  [[nodiscard]] static Result<Template> parse(std::string_view text, Place place = Place::plain);

  /// The text with the values in place.
  /// Errors: invalid: "item.field" names a field that is missing or null; "item.header",
  /// "item.argv", "item.path", "url.scheme", "url.syntax" where the value cannot stand in this
  /// place. No message repeats a value.
  [[nodiscard]] Result<std::string> render(json::Node value, const Resolver& resolve = {}) const;

  /// As render(), for a template that is_single(): JSON text, which keeps the type of the value
  /// unless a filter made it a text.
  [[nodiscard]] Result<std::string> render_json(json::Node value,
                                                const Resolver& resolve = {}) const;

  /// The fields it needs, each once, in order; without reserved names and without those that have
  /// a default.
  [[nodiscard]] std::vector<std::string> names() const;

  /// The reserved names it needs, each once, in order.
  [[nodiscard]] std::vector<std::string> reserved_names() const;

  /// No placeholder at all.
  [[nodiscard]] bool is_constant() const noexcept;

  /// One placeholder and nothing else.
  [[nodiscard]] bool is_single() const noexcept;

  /// As it was written.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  // A piece of text, or a placeholder if it has a name.
  struct Part {
    std::string literal;
    std::string name;
    std::vector<Filter> filters;
    bool is_literal() const noexcept { return name.empty(); }
  };
  friend class TemplateParser;

  Result<std::string> value_of(const Part& part, json::Node value, const Resolver& resolve) const;
  Result<std::string> escaped(const Part& part, std::string_view text) const;
  Result<std::string> render_path(json::Node value, const Resolver& resolve) const;
  Status check_segments(std::string_view url) const;

  std::string text_;
  Place place_ = Place::plain;
  std::vector<Part> parts_;
};

}  // namespace penstock::placeholders
