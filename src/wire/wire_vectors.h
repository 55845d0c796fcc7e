// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Test vectors of docs/formats/wire.md: the document is the reference, the tests read it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace penstock::wire {

inline std::string from_hex(const std::string& text) {
  std::istringstream in(text);
  std::string bytes;
  for (unsigned value = 0; in >> std::hex >> value;) bytes.push_back(static_cast<char>(value));
  return bytes;
}

/// Rows "| name | `hex bytes` |" under the heading "## `section`": name -> bytes.
inline std::map<std::string, std::string> vectors_of(const std::string& section) {
  std::ifstream in("docs/formats/wire.md");
  std::map<std::string, std::string> vectors;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) inside = line == "## " + section;
    const auto name_end = line.find(" | `");
    const auto hex_end = line.rfind("` |");
    if (!inside || !line.starts_with("| ") || name_end == std::string::npos) continue;
    const auto hex = line.substr(name_end + 4, hex_end - name_end - 4);
    vectors[line.substr(2, name_end - 2)] = from_hex(hex);
  }
  return vectors;
}

}  // namespace penstock::wire
