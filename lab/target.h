// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A request target taken apart: path, parameters; and put together again with one changed.
// It knows nothing of routes or behaviours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::lab {

struct Param {
  std::string name;
  std::string value;
};

/// Invariant: `path` begins with '/' (or is "*") and is decoded; `raw` is as it came.
struct Target {
  std::string raw;
  std::string path;
  std::vector<Param> params;  ///< Decoded, in order.

  /// The last parameter of that name, or nullptr.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
};

/// Shape: origin form ("/a?b=c"), or absolute form, whose scheme and host are dropped.
[[nodiscard]] Target parse_target(std::string_view raw);

/// The parameters of a query string without its '?'.
[[nodiscard]] std::vector<Param> parse_params(std::string_view query);

/// The same target with one parameter set: replaced where it stands, or appended.
[[nodiscard]] std::string with_param(const Target& target, std::string_view name,
                                     std::string_view value);

/// Everything but letters, digits and "-._~" (and those in `keep`) as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view keep = "");

}  // namespace penstock::lab
