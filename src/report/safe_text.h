// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Text from strangers (items, addresses, error messages) for a terminal: it can move no cursor,
// set no title, hide nothing and turn no line around.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::report {

/// `text` with every control character, invalid byte, bidirectional control and invisible
/// character shown as an escape: "\x1b", "\u202e". One line: a line break is "\n" in two letters.
std::string safe_text(std::string_view text);

/// As safe_text(), cut to at most `columns_max` columns with an ellipsis.
std::string safe_text(std::string_view text, std::size_t columns_max);

/// Columns that a text without control characters takes: 2 for East Asian wide characters and most
/// emoji, 0 for combining marks.
/// Source: Unicode 15 EastAsianWidth.txt, ranges joined; an approximation is enough here.
std::size_t columns_of(std::string_view text) noexcept;

/// The longest beginning of at most `columns_max` columns; ends with an ellipsis if it was cut.
std::string cut_to_columns(std::string_view text, std::size_t columns_max);

}  // namespace penstock::report
