// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A JSON document whose strings are templates: the body of a request. Pure.
#pragma once

#include <penstock/error.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "placeholders/template.h"

namespace penstock::steps {

/// `{"term":"{term}","size":10}`: what an item inserts can end no string and add no member. A
/// string that is one placeholder and nothing else becomes the value with its type: "{rank}" is 7.
///
/// Threads: any, read only.
class JsonTemplate {
 public:
  /// Errors: invalid ("json.syntax", "json.depth", "job.placeholder").
  static Result<JsonTemplate> parse(std::string_view json_text);

  /// Compact JSON. Errors: as Template::render().
  Result<std::string> render(json::Node value, const placeholders::Resolver& resolve) const;

  /// As it was written, compact.
  const std::string& text() const noexcept { return text_; }

  std::vector<std::string> reserved_names() const;

 private:
  struct Part {
    std::string before;  // JSON text in front of the string.
    placeholders::Template string;
  };
  Status collect(json::Node node);
  Status collect_string(json::Node node);

  std::string text_;
  std::string pending_;  // While parsing: JSON text since the last template; then what follows it.
  std::vector<Part> parts_;
};

}  // namespace penstock::steps
