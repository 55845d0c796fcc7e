// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// UTF-8 as it comes from strangers: checked, walked and cut without ever reading past the end,
// and without a locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::utf8 {

/// U+FFFD, which stands for what was no character.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Character {
  char32_t code = 0;      ///< U+FFFD if not valid.
  std::size_t bytes = 1;  ///< How far to go on; of an invalid sequence its longest valid beginning.
  bool valid = false;
};

/// The character that begins at `at`. REQUIRES: at < text.size().
/// Source: Unicode 15, table 3-7 and section 3.9, "U+FFFD Substitution of Maximal Subparts".
[[nodiscard]] Character decode(std::string_view text, std::size_t at) noexcept;

/// Append `code` as UTF-8; U+FFFD if it is a surrogate or beyond U+10FFFF.
void append(char32_t code, std::string& out);

[[nodiscard]] bool is_valid(std::string_view text) noexcept;

/// The text with each invalid sequence replaced by U+FFFD.
[[nodiscard]] std::string to_valid(std::string_view text);

/// The longest beginning of at most `bytes_max` bytes that cuts no valid character in two.
[[nodiscard]] std::string_view truncate(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace penstock::utf8
