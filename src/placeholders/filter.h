// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Filters: what stands behind the bars of `{name|slug|pad:3}`. A closed set of pure functions;
// none looks at anything but its text, and none runs code.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::placeholders {

enum class FilterName : std::uint8_t {
  basename,
  default_text,
  dirname,
  ext,
  hash,
  host,
  json,
  lower,
  pad,
  slug,
  stem,
  trim,
  truncate,
  upper,
  urlencode,
};

struct Filter {
  FilterName name;
  std::size_t number = 0;  ///< The N of pad:N, hash:N, truncate:N, slug:N.
  std::string text;        ///< Of default:TEXT.
};

/// What stands between two bars: "pad:3".
/// Errors: invalid ("job.placeholder"); an unknown name is told the nearest known one.
[[nodiscard]] Result<Filter> parse_filter(std::string_view text);

/// The text as the filter makes it. `default_text` and `json` are the template's, who knows whether
/// there is a value and of which type; here the first gives its text back and the second quotes.
/// Errors: invalid: "url.syntax" from `host` of what is no URL.
[[nodiscard]] Result<std::string> apply_filter(const Filter& filter, std::string_view text);

/// All names, for messages and documents.
[[nodiscard]] const std::vector<std::string>& filter_names();

}  // namespace penstock::placeholders
