// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON bodies with placeholders: a JSON text whose strings are templates.
//
//     {"query": "{term}", "size": "{count}", "note": "about {term|trim}", "page": 1}
//
// A string that is one placeholder and nothing else is replaced by the value with its type: `count`
// above stays a number, an array stays an array. With filters it is a string, unless the last one
// is `json`. Names of members, numbers and the rest are as they stand.
#pragma once

#include <penstock/error.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "placeholders/template.h"

namespace penstock::placeholders {

/// Threads: any, read only.
class JsonTemplate {
 public:
  /// Errors: invalid: "json.syntax" and its like, "job.placeholder" with the JSON pointer of the
  /// string that is wrong.
  [[nodiscard]] static Result<JsonTemplate> parse(std::string_view json);

  /// Compact JSON text. Whatever the item holds, it is valid JSON of this structure.
  /// Errors: as Template::render().
  [[nodiscard]] Result<std::string> render(json::Node value, const Resolver& resolve = {}) const;

  /// As of Template, over all strings.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::vector<std::string> reserved_names() const;

  /// Compact, as it was written: what a fingerprint should cover.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  // Text up to a string with placeholders, and that string; the last part may have none.
  struct Part {
    std::string literal;
    std::optional<Template> leaf;
  };

  Status add(json::Node node, std::string& pointer);
  Status add_string(json::Node node, const std::string& pointer);
  std::string& literal();

  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace penstock::placeholders
