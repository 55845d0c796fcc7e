// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The eight colours every terminal has; brightness and background stay the user's.
#include "report/style.h"

namespace penstock::report {
namespace {

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::plain:
      return "";
    case Colour::good:
      return "32";
    case Colour::bad:
      return "31";
    case Colour::warn:
      return "33";
    case Colour::dim:
      return "2";
    case Colour::bold:
      return "1";
  }
  return "";
}

}  // namespace

std::string paint(const Style& style, Colour colour, std::string_view text) {
  if (!style.colour || colour == Colour::plain || text.empty()) return std::string(text);
  return std::string("\x1b[").append(code_of(colour)).append("m").append(text).append("\x1b[0m");
}

std::string_view separator(const Style& style) noexcept {
  return style.unicode ? " \xC2\xB7 " : ", ";
}

}  // namespace penstock::report
