// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every drawing is one write, so that no half of it is ever seen.
#include "cli/live_display.h"

#include <fmt/format.h>

#include <utility>

#include "core/json_text.h"
#include "report/json_event.h"
#include "report/live_lines.h"
#include "report/safe_text.h"

namespace penstock::cli {
namespace {

using namespace std::chrono_literals;

Duration period_of(DisplayMode mode) {
  switch (mode) {
    case DisplayMode::living:
      return 100ms;
    case DisplayMode::plain:
      return 5s;
    case DisplayMode::events:
      return 1s;
    case DisplayMode::quiet:
      return 1h;
  }
  return 1s;
}

}  // namespace

LiveDisplay::LiveDisplay(Console& console, DisplayMode mode, std::string run)
    : console_(console),
      mode_(mode),
      run_(std::move(run)),
      period_(period_of(mode)),
      cadence_(period_) {}

void LiveDisplay::erase() {
  if (lines_ > 0) console_.err(fmt::format("\x1b[{}A\r\x1b[J", lines_));
  lines_ = 0;
}

void LiveDisplay::draw(const Snapshot& snapshot) {
  console_.measure();
  std::string text = lines_ > 0 ? fmt::format("\x1b[{}A\r\x1b[J", lines_) : std::string();
  const std::vector<std::string> lines = report::live_lines(snapshot, console_.err_style());
  for (const std::string& line : lines) text += line + "\n";
  lines_ = lines.size();
  console_.err(text);
}

void LiveDisplay::update(const Snapshot& snapshot, TimePoint now) {
  if (mode_ == DisplayMode::quiet || !cadence_.due(now)) return;
  const bool is_first = std::exchange(is_first_, false);
  switch (mode_) {
    case DisplayMode::living:
      draw(snapshot);
      return;
    case DisplayMode::plain:
      if (is_first) return;  // A short run needs no line that says 0.
      console_.err(fmt::format("{}: {}\n", run_, report::plain_line(snapshot)));
      return;
    case DisplayMode::events:
      console_.err(report::json_event("progress", snapshot) + "\n");
      return;
    case DisplayMode::quiet:
      return;
  }
}

void LiveDisplay::say(std::string_view text) {
  if (mode_ == DisplayMode::events) {
    std::string event;
    json::ObjectWriter(event).string("event", "message").string("text", text).close();
    console_.err(event + "\n");
    return;
  }
  erase();
  console_.complain(text);
}

void LiveDisplay::close(const Snapshot& snapshot) {
  erase();
  if (mode_ == DisplayMode::events) console_.err(report::json_event("end", snapshot) + "\n");
}

}  // namespace penstock::cli
