// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Parsing by std::from_chars, so that no locale can change what an option means.
#include "units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace penstock::lab {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};
constexpr std::array<Unit, 6> kTimes{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}}};
constexpr double kLongestNs = 24 * 3600e9;

struct Number {
  double value;
  std::string_view unit;
};

Result<Number> split_number(std::string_view text, std::string_view what) {
  double value = 0;
  const auto end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || !std::isfinite(value) || value < 0) return not_a(what, text);
  return Number{value, {rest, static_cast<std::size_t>(end - rest)}};
}

}  // namespace

Error not_a(std::string_view what, std::string_view text) {
  std::string message = "not a ";
  message.append(what).append(": '").append(text).append("'");
  return Error{Errc::invalid, std::move(message), "lab.value"};
}

Result<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{0};
  PENSTOCK_TRY(number, split_number(text, "duration (200ms, 1.5s, 2min)"));
  for (const auto& unit : kTimes) {
    if (unit.name != number.unit) continue;
    const double ns = number.value * unit.factor;
    if (ns > kLongestNs) break;
    return Duration{static_cast<std::int64_t>(std::llround(ns))};
  }
  return not_a("duration (200ms, 1.5s, 2min)", text);
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr std::string_view kPowers = "KMG";
  unsigned shift = 0;
  std::string_view digits = text;
  if (!text.empty() && kPowers.find(text.back()) != std::string_view::npos) {
    shift = static_cast<unsigned>(10 * (kPowers.find(text.back()) + 1));
    digits.remove_suffix(1);
  }
  const auto whole = parse_whole(digits);
  if (!whole || *whole > (UINT64_MAX >> shift)) return not_a("number of bytes (1024, 64K)", text);
  return *whole << shift;
}

Result<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || rest != end) return not_a("whole number", text);
  return value;
}

Result<double> parse_share(std::string_view text) {
  PENSTOCK_TRY(number, split_number(text, "share (0.1 or 10%)"));
  const double share = number.unit == "%" ? number.value / 100 : number.value;
  const bool unit_known = number.unit.empty() || number.unit == "%";
  if (!unit_known || share > 1) return not_a("share (0.1 or 10%)", text);
  return share;
}

Result<double> parse_rate(std::string_view text) {
  constexpr std::string_view kWhat = "rate (50/s, 600/min, 5/100ms)";
  PENSTOCK_TRY(number, split_number(text, kWhat));
  if (number.unit.size() < 2 || number.unit.front() != '/') return not_a(kWhat, text);
  const auto unit = number.unit.substr(1);
  std::string per = unit.front() >= '0' && unit.front() <= '9' ? "" : "1";
  per.append(unit);
  const auto window = parse_duration(per);
  if (!window || window->count() == 0 || number.value == 0) return not_a(kWhat, text);
  return number.value * 1e9 / static_cast<double>(window->count());
}

}  // namespace penstock::lab
