// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A number and a unit out of a table. from_chars knows no locale, so "1.5" is the same everywhere.
#include "catalog/byte_size.h"

#include <array>
#include <charconv>
#include <cmath>

namespace penstock::catalog {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};

constexpr std::array<Unit, 13> kUnits{{{"", 1},
                                       {"B", 1},
                                       {"K", 1024},
                                       {"KB", 1e3},
                                       {"kB", 1e3},
                                       {"KiB", 1024},
                                       {"M", 1048576},
                                       {"MB", 1e6},
                                       {"MiB", 1048576},
                                       {"G", 1073741824},
                                       {"GB", 1e9},
                                       {"GiB", 1073741824},
                                       {"TiB", 1099511627776.0}}};
constexpr double kBytesMax = 9007199254740992.0;  // 2^53: a double counts exactly up to here.

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) noexcept {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  double count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, count, std::chars_format::fixed);
  if (failed != std::errc{}) return std::nullopt;
  std::string_view name(rest, static_cast<std::size_t>(end - rest));
  while (!name.empty() && name[0] == ' ') name.remove_prefix(1);
  for (const Unit& unit : kUnits)
    if (unit.name == name && count * unit.bytes <= kBytesMax)
      return static_cast<std::uint64_t>(std::llround(count * unit.bytes));
  return std::nullopt;
}

}  // namespace penstock::catalog
