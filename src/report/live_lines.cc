// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines are made of parts with a rank; the parts of the worst rank go until the line fits.
#include "report/live_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/safe_text.h"
#include "report/words.h"

namespace penstock::report {
namespace {

constexpr std::size_t kUnlimited = 1'000'000;

struct Part {
  std::string text;  // Without colours, so that its columns can be counted.
  int rank = 0;      // 0 stays; the highest goes first.
  Colour colour = Colour::plain;
};

std::size_t columns_of_line(const std::vector<Part>& parts, const Style& style) {
  std::size_t columns = 0;
  for (const Part& part : parts) columns += columns_of(part.text);
  return columns + columns_of(separator(style)) * (parts.empty() ? 0 : parts.size() - 1);
}

std::string fit(std::vector<Part> parts, const Style& style) {
  while (parts.size() > 1 && columns_of_line(parts, style) > style.columns) {
    // The last of the worst rank, so that what stands first stays longest.
    const auto worst = std::max_element(
        parts.rbegin(), parts.rend(), [](const Part& a, const Part& b) { return a.rank < b.rank; });
    if (worst->rank == 0) break;
    parts.erase(std::next(worst).base());
  }
  const bool too_wide = columns_of_line(parts, style) > style.columns;
  std::string line;
  for (const Part& part : parts) {
    if (!line.empty()) line += separator(style);
    line += too_wide ? part.text : paint(style, part.colour, part.text);
  }
  return too_wide ? cut_to_columns(line, style.columns) : line;
}

std::string bar(double fraction, const Style& style) {
  constexpr std::size_t kCells = 20;
  const auto full = static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * kCells);
  const std::string_view on = style.unicode ? "\xE2\x96\x88" : "=";
  const std::string_view off = style.unicode ? "\xE2\x96\x91" : " ";
  std::string cells;
  for (std::size_t i = 0; i < kCells; ++i) cells += i < full ? on : off;
  return style.unicode ? cells : "[" + cells + "]";
}

/// What stands beside it is named "failed" and "skipped", so "done" is what is neither.
std::string finished_words(const ItemCounts& items, std::optional<std::int64_t> total) {
  if (!total) return count_words(items.done) + " done";
  return fmt::format("{} of {}", count_words(items.finished()), count_words(*total));
}

/// How far the whole run is, where that is known.
std::optional<double> fraction_of(const Snapshot& snapshot) {
  if (!snapshot.total || *snapshot.total <= 0) return std::nullopt;
  return static_cast<double>(snapshot.items.finished()) / static_cast<double>(*snapshot.total);
}

std::string_view state_words(RunState state) {
  switch (state) {
    case RunState::starting:
      return "starting";
    case RunState::draining:
      return "finishing what is in flight";
    case RunState::parked:
      return "parked";
    case RunState::running:
    case RunState::finished:
      return "";
  }
  return "";
}

void add_counts(const Snapshot& snapshot, std::vector<Part>& parts) {
  const ItemCounts& items = snapshot.items;
  parts.push_back({finished_words(items, snapshot.total), 0});
  if (items.failed > 0) parts.push_back({count_words(items.failed) + " failed", 0, Colour::bad});
  if (items.skipped > 0) parts.push_back({count_words(items.skipped) + " skipped", 4});
}

void add_speed(const Snapshot& snapshot, std::vector<Part>& parts) {
  if (snapshot.rate_per_s) parts.push_back({rate_words(*snapshot.rate_per_s), 2});
  if (snapshot.eta) parts.push_back({duration_words(*snapshot.eta) + " left", 1});
  if (const std::string_view state = state_words(snapshot.state); !state.empty())
    parts.push_back({std::string(state), 1, Colour::warn});
}

std::string first_line(const Snapshot& snapshot, const Style& style) {
  std::vector<Part> parts;
  if (const std::optional<double> fraction = fraction_of(snapshot))
    parts.push_back({bar(*fraction, style) + " " + percent_words(*fraction), 3, Colour::good});
  add_counts(snapshot, parts);
  add_speed(snapshot, parts);
  return fit(std::move(parts), style);
}

std::string steps_line(const Snapshot& snapshot, const Style& style) {
  std::vector<Part> parts;
  int rank = 0;
  for (const StepProgress& step : snapshot.steps)
    parts.push_back(
        {fmt::format("{} {}", safe_text(step.name, 24), finished_words(step.items, step.total)),
         rank++});
  return fit(std::move(parts), style);
}

std::vector<Part> flow_parts(const Snapshot& snapshot) {
  std::vector<Part> parts;
  if (const std::string held = held_words(snapshot); !held.empty())
    parts.push_back({"held back: " + held, 0, Colour::dim});
  const ConcurrencyProgress& calls = snapshot.concurrency;
  if (calls.configured > 0)
    parts.push_back(
        {fmt::format("{} of {} in flight", count_words(calls.now), count_words(calls.configured)),
         1, Colour::dim});
  if (snapshot.items.retrying > 0)
    parts.push_back({count_words(snapshot.items.retrying) + " retry later", 2, Colour::dim});
  return parts;
}

}  // namespace

std::string held_words(const Snapshot& snapshot) {
  if (snapshot.held_by.empty()) return {};
  const std::string name = safe_text(snapshot.held_by, 60);
  if (snapshot.held_for < std::chrono::seconds(1)) return name;
  return fmt::format("{} ({})", name, duration_words(snapshot.held_for));
}

std::vector<std::string> live_lines(const Snapshot& snapshot, const Style& style) {
  std::vector<std::string> lines{first_line(snapshot, style)};
  if (snapshot.steps.size() > 1) lines.push_back(steps_line(snapshot, style));
  std::vector<Part> flow = flow_parts(snapshot);
  if (!flow.empty()) lines.push_back(fit(std::move(flow), style));
  return lines;
}

std::string plain_line(const Snapshot& snapshot) {
  const Style style{.columns = kUnlimited, .colour = false, .unicode = false};
  std::vector<Part> parts;
  add_counts(snapshot, parts);
  if (const std::optional<double> fraction = fraction_of(snapshot))
    parts.front().text += fmt::format(" ({})", percent_words(*fraction));
  add_speed(snapshot, parts);
  for (Part& part : flow_parts(snapshot)) parts.push_back(std::move(part));
  return fit(std::move(parts), style);
}

}  // namespace penstock::report
