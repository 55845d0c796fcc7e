// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Header look-up.
#include "request.h"

#include <algorithm>

namespace penstock::lab {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view Request::header(std::string_view name) const noexcept {
  for (const auto& header : headers) {
    if (same_name(header.name, name)) return header.value;
  }
  return {};
}

std::string_view Request::authority() const noexcept { return header("Host"); }

std::string_view Request::host() const noexcept {
  const auto full = authority();
  if (!full.empty() && full.front() == '[') return full.substr(0, full.find(']') + 1);
  return full.substr(0, full.find(':'));
}

}  // namespace penstock::lab
