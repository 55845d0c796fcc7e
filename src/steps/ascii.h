// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Case of protocol words, without a locale: in Turkish, too, TITLE is title.
#pragma once

#include <string>
#include <string_view>

namespace penstock::steps {

/// A to Z in lower case, all else as it is.
inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace penstock::steps
