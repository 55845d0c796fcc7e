// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the place of display can do, and text that fits it. Decided once by cli/; renderers only
// read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::report {

enum class Colour : std::uint8_t { plain, good, bad, warn, dim, bold };

struct Style {
  std::size_t columns = 80;  ///< Width of a line.
  bool colour = false;       ///< Off for NO_COLOR, TERM=dumb and whatever is no terminal.
  bool unicode = true;       ///< Off: bars and dots in ASCII.
};

/// `text` in this colour, or as it is where the style has none.
std::string paint(const Style& style, Colour colour, std::string_view text);

/// What stands between two parts of a line: " · ".
std::string_view separator(const Style& style) noexcept;

}  // namespace penstock::report
