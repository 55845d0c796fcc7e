// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See limit_text.h.
#include "limits/limit_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

namespace penstock::limits {
namespace {

struct Unit {
  std::string_view name;
  Duration length;
};

// The first name of each length is the one that is written.
constexpr std::array kUnits = {
    Unit{"d", std::chrono::hours(24)},        Unit{"day", std::chrono::hours(24)},
    Unit{"h", std::chrono::hours(1)},         Unit{"hour", std::chrono::hours(1)},
    Unit{"min", std::chrono::minutes(1)},     Unit{"m", std::chrono::minutes(1)},
    Unit{"minute", std::chrono::minutes(1)},  Unit{"s", std::chrono::seconds(1)},
    Unit{"sec", std::chrono::seconds(1)},     Unit{"second", std::chrono::seconds(1)},
    Unit{"ms", std::chrono::milliseconds(1)},
};

Error refuse(std::string_view what, std::string_view text, std::string_view why) {
  return Error{.code = Errc::invalid,
               .message = fmt::format("{} \"{}\" {}", what, text.substr(0, 80), why),
               .kind = fmt::format("job.{}", what)};
}

std::optional<Duration> find_unit(std::string_view name) {
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [name](const Unit& candidate) { return candidate.name == name; });
  return unit == kUnits.end() ? std::nullopt : std::optional(unit->length);
}

/// A number with all that follows it.
struct Quantity {
  double number = 0;
  std::string_view rest;
};

/// Errors: the reason, after `what` and the text.
Result<Quantity> read_quantity(std::string_view what, std::string_view text,
                               std::string_view example) {
  if (text.starts_with('-')) return refuse(what, text, "is negative");
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    return refuse(what, text, fmt::format("is not a number with a unit, such as {}", example));
  }
  Quantity quantity;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), quantity.number);
  if (error != std::errc()) return refuse(what, text, "is out of range");
  quantity.rest = text.substr(static_cast<std::size_t>(rest - text.data()));
  return quantity;
}

Duration scaled(Duration unit, double factor) {
  return Duration(std::llround(static_cast<double>(unit.count()) * factor));
}

Result<Duration> read_duration(std::string_view what, std::string_view text,
                               std::string_view example) {
  PENSTOCK_TRY(quantity, read_quantity(what, text, example));
  const auto unit = find_unit(quantity.rest);
  if (!unit)
    return refuse(what, text, fmt::format("needs a unit: ms, s, min, h or d, as {}", example));
  if (quantity.number > kDurationMax / std::chrono::duration<double>(*unit)) {
    return refuse(what, text, "is more than 366 days");
  }
  const Duration duration = scaled(*unit, quantity.number);
  if (duration <= Duration(0)) return refuse(what, text, "is zero");
  return duration;
}

/// "2 per host" is "2" and "host".
Result<std::pair<std::string_view, std::string>> split_per(std::string_view what,
                                                           std::string_view text) {
  constexpr std::string_view kPer = " per ";
  const std::size_t at = text.find(kPer);
  if (at == std::string_view::npos) return std::pair(text, std::string());
  const std::string_view per = text.substr(at + kPer.size());
  const bool is_placeholder = per.size() > 2 && per.front() == '{' && per.back() == '}';
  if (per != "host" && !is_placeholder) {
    return refuse(what, text, "is for what? write per host, or a placeholder such as per {tenant}");
  }
  return std::pair(text.substr(0, at), std::string(per));
}

/// The time after the slash: "s", "min", "10s".
Result<Duration> read_window(std::string_view text, std::string_view window) {
  if (const auto unit = find_unit(window)) return *unit;
  const auto quantity = read_quantity("rate", window, "10s");
  const auto unit = quantity ? find_unit(quantity->rest) : std::nullopt;
  if (!unit)
    return refuse("rate", text, "needs a time after the slash, as 10/s, 500/min or 10/10s");
  if (quantity->number == 0) return refuse("rate", text, "has an empty window");
  if (quantity->number > kDurationMax / std::chrono::duration<double>(*unit)) {
    return refuse("rate", text, "has a window of more than 366 days");
  }
  return scaled(*unit, quantity->number);
}

Result<Rate> make_rate(std::string_view text, double count, Duration window) {
  if (count <= 0) return refuse("rate", text, "is zero: nothing would ever start");
  if (count > static_cast<double>(kRateCountMax)) return refuse("rate", text, "is more than 1e12");
  const double whole = std::max(1.0, std::floor(count));
  const double factor = whole / count;
  if (factor > kDurationMax / std::chrono::duration<double>(window)) {
    return refuse("rate", text, "is less than one in 366 days");
  }
  const Rate rate{static_cast<std::int64_t>(whole), scaled(window, factor)};
  if (rate.window < kWindowMin) return refuse("rate", text, "has a window of less than 100ms");
  return rate;
}

Status check_rules(const LimitOptions& options, const LimitRules& rules) {
  const auto refuse_limit = [&](std::string_view why) {
    return refuse("limit", options.name, why);
  };
  std::set<Duration> windows;
  for (const Rate& rate : rules.rates) {
    if (rate.count < 1 || rate.count > kRateCountMax)
      return refuse_limit("has a rate out of range");
    if (rate.window < kWindowMin || rate.window > kDurationMax) {
      return refuse_limit("has a window outside of 100ms to 366 days");
    }
    if (!windows.insert(rate.window).second) return refuse_limit("has two rates of one window");
  }
  const auto& concurrency = rules.concurrency;
  if (concurrency && (concurrency->count < 1 || concurrency->count > kConcurrencyMax)) {
    return refuse_limit("has a concurrency outside of 1 to 1000000");
  }
  if (rules.spacing < Duration(0) || rules.spacing > kDurationMax) {
    return refuse_limit("has a spacing outside of 0 to 366 days");
  }
  return ok();
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
  });
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  return read_duration("duration", text, "1.5s");
}

Result<Scoped<Rate>> parse_rate(std::string_view text) {
  PENSTOCK_TRY(parts, split_per("rate", text));
  PENSTOCK_TRY(quantity, read_quantity("rate", parts.first, "10/s"));
  if (!quantity.rest.starts_with('/')) {
    return refuse("rate", text, "needs a slash and a time, as 10/s");
  }
  PENSTOCK_TRY(window, read_window(text, quantity.rest.substr(1)));
  PENSTOCK_TRY(rate, make_rate(text, quantity.number, window));
  return Scoped<Rate>{rate, std::move(parts.second)};
}

Result<Scoped<Concurrency>> parse_concurrency(std::string_view text) {
  PENSTOCK_TRY(parts, split_per("concurrency", text));
  const std::string_view count = parts.first;
  if (count == "auto") {
    return Scoped<Concurrency>{{kAutoConcurrencyMax, true}, std::move(parts.second)};
  }
  if (count.starts_with('-')) return refuse("concurrency", text, "is negative");
  Concurrency concurrency;
  const char* end = count.data() + count.size();
  const auto [rest, error] = std::from_chars(count.data(), end, concurrency.count);
  if (error == std::errc::invalid_argument || rest != end) {
    return refuse("concurrency", text, "is not a whole number or auto");
  }
  if (error != std::errc() || concurrency.count > kConcurrencyMax) {
    return refuse("concurrency", text, "is more than 1000000");
  }
  if (concurrency.count == 0)
    return refuse("concurrency", text, "is zero: nothing would ever start");
  return Scoped<Concurrency>{concurrency, std::move(parts.second)};
}

Result<Scoped<Duration>> parse_spacing(std::string_view text) {
  PENSTOCK_TRY(parts, split_per("spacing", text));
  PENSTOCK_TRY(spacing, read_duration("spacing", parts.first, "1.5s"));
  return Scoped<Duration>{spacing, std::move(parts.second)};
}

Status check_limit(const LimitOptions& options) {
  const auto refuse_limit = [&](std::string_view why) {
    return Status(refuse("limit", options.name, why));
  };
  if (!is_name(options.name)) {
    return refuse_limit("has a name of other than 1 to 64 letters, digits, _ and -");
  }
  if (options.per.empty() && (options.each != LimitRules{} || !options.keys.empty())) {
    return refuse_limit("has rules for keys and does not say per what");
  }
  const bool has_rules =
      options.all != LimitRules{} || options.each != LimitRules{} || !options.keys.empty();
  if (!has_rules) return refuse_limit("has no rule: give rate, concurrency or spacing");
  PENSTOCK_CHECK(check_rules(options, options.all));
  PENSTOCK_CHECK(check_rules(options, options.each));
  for (const auto& [key, rules] : options.keys) PENSTOCK_CHECK(check_rules(options, rules));
  return ok();
}

std::string to_text(Duration duration) {
  for (const Unit& unit : kUnits) {
    if (duration >= unit.length &&
        (duration % unit.length == Duration(0) || unit.length <= std::chrono::seconds(1))) {
      return fmt::format("{:.10g}{}", duration / std::chrono::duration<double>(unit.length),
                         unit.name);
    }
  }
  return fmt::format("{:.10g}ms", duration / std::chrono::duration<double, std::milli>(1));
}

std::string to_text(const Rate& rate) {
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& candidate) {
    return candidate.length == rate.window;
  });
  return fmt::format("{}/{}", rate.count, unit == kUnits.end() ? to_text(rate.window) : unit->name);
}

std::string to_text(const Concurrency& concurrency) {
  return concurrency.adaptive ? "auto" : std::to_string(concurrency.count);
}

}  // namespace penstock::limits
