// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A list of labelled lines; a line whose figure is unknown or zero is left out.
#include "report/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/advice.h"
#include "report/live_lines.h"
#include "report/safe_text.h"
#include "report/words.h"

namespace penstock::report {
namespace {

constexpr std::size_t kClassesShown = 5;

class Lines {
 public:
  explicit Lines(const Style& style) : style_(style) {}

  void add(std::string_view label, std::string_view text, Colour colour = Colour::plain) {
    const std::string head = fmt::format("  {:<12} ", label);
    const std::size_t room = std::max<std::size_t>(style_.columns, 40) - head.size();
    text_ += head + paint(style_, colour, cut_to_columns(text, room)) + "\n";
  }
  std::string text_;

 private:
  const Style& style_;
};

std::string reached_words(const ConcurrencyProgress& calls) {
  const std::string mean = fmt::format("{:.{}f}", calls.mean, calls.mean < 9.95 ? 1 : 0);
  return fmt::format("{} in flight at most, {} on average, of {} configured",
                     count_words(calls.peak), mean, count_words(calls.configured));
}

/// Where time went that could have been work, the largest first: "limits 61 %, network 30 %".
std::string lost_words(const LostTime& lost) {
  struct Share {
    std::string_view cause;
    double seconds;
  };
  const auto seconds = [](Duration d) { return std::chrono::duration<double>(d).count(); };
  std::array<Share, 5> shares{{{"limits", seconds(lost.limits)},
                               {"backoff", seconds(lost.backoff)},
                               {"network", seconds(lost.network)},
                               {"processor", seconds(lost.cpu)},
                               {"nothing left to start", seconds(lost.tail)}}};
  double total = 0;
  for (const Share& share : shares) total += share.seconds;
  if (total <= 0) return {};
  std::stable_sort(shares.begin(), shares.end(),
                   [](const Share& a, const Share& b) { return a.seconds > b.seconds; });
  std::string words;
  for (const Share& share : shares) {
    if (share.seconds / total < 0.01) continue;
    words += words.empty() ? "" : ", ";
    words += fmt::format("{} {}", share.cause, percent_words(share.seconds / total));
  }
  return words;
}

/// "105", or for several steps "105   search 4, page 101".
std::string by_step(const Snapshot& snapshot, std::int64_t ItemCounts::*count) {
  const std::string sum = count_words(snapshot.items.*count);
  std::string parts;
  for (const StepProgress& step : snapshot.steps)
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", safe_text(step.name, 24),
                         count_words(step.items.*count));
  return snapshot.steps.size() > 1 ? fmt::format("{:<10} {}", sum, parts) : sum;
}

void add_counts(const Snapshot& snapshot, Lines& lines) {
  const ItemCounts& items = snapshot.items;
  lines.add("done", by_step(snapshot, &ItemCounts::done), Colour::good);
  if (items.failed > 0) lines.add("failed", by_step(snapshot, &ItemCounts::failed), Colour::bad);
  if (items.skipped > 0) lines.add("skipped", by_step(snapshot, &ItemCounts::skipped));
  const std::int64_t left = items.known() - items.finished();
  if (left > 0) lines.add("left", count_words(left), Colour::warn);
}

void add_speed(const Snapshot& snapshot, Lines& lines) {
  const double seconds = std::chrono::duration<double>(snapshot.elapsed).count();
  std::string speed = duration_words(snapshot.elapsed);
  if (seconds > 0 && snapshot.rate_per_s)
    speed += fmt::format(", lately {}", rate_words(*snapshot.rate_per_s));
  lines.add("time", speed);
  if (snapshot.bytes_in > 0) lines.add("received", bytes_words(snapshot.bytes_in));
  if (snapshot.cost_micro_usd > 0) lines.add("cost", money_words(snapshot.cost_micro_usd));
  if (snapshot.concurrency.configured > 0)
    lines.add("concurrency", reached_words(snapshot.concurrency));
  if (const std::string lost = lost_words(snapshot.lost); !lost.empty())
    lines.add("waited for", lost);
  if (const std::string held = held_words(snapshot); !held.empty()) lines.add("held back", held);
}

}  // namespace

std::string errors_text(const std::vector<ErrorClass>& errors, std::size_t classes_max,
                        const Style& style) {
  std::string text;
  const std::size_t room = std::max<std::size_t>(style.columns, 40) - 13;
  for (std::size_t i = 0; i < std::min(errors.size(), classes_max); ++i) {
    const ErrorClass& error = errors[i];
    text += fmt::format("{:>9}  {}  in step {}\n", count_words(error.count),
                        paint(style, Colour::bad, safe_text(error.kind, 40)),
                        safe_text(error.step, 40));
    text += fmt::format("           {} {}\n", paint(style, Colour::dim, "e.g."),
                        safe_text(error.key + ": " + error.message, room - 3));
    text += fmt::format("           {} {}\n", paint(style, Colour::dim, "do:"), advice(error.kind));
  }
  if (errors.size() > classes_max)
    text += fmt::format(
        "           and {}\n",
        plural(static_cast<std::int64_t>(errors.size() - classes_max), "more kind", "more kinds"));
  return text;
}

std::string summary_text(const Closing& closing, const Snapshot& snapshot, const Style& style) {
  Lines lines(style);
  lines.text_ = fmt::format("{}: {}\n", paint(style, Colour::bold, safe_text(closing.run, 60)),
                            paint(style, closing.colour, safe_text(closing.outcome, 400)));
  add_counts(snapshot, lines);
  add_speed(snapshot, lines);
  lines.text_ += errors_text(closing.errors, kClassesShown, style);
  for (const std::string& remark : closing.remarks) lines.add("note", safe_text(remark));
  std::string_view label = "results";
  for (const std::string& output : closing.outputs) {
    lines.add(label, safe_text(output));
    label = "";
  }
  label = "next";
  for (const std::string& command : closing.commands) {
    lines.add(label, safe_text(command), Colour::bold);
    label = "";
  }
  return lines.text_;
}

}  // namespace penstock::report
