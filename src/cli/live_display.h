// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a run shows while it goes on: living lines on a terminal, a line now and then in a log,
// events for machines, or nothing. All of it on err; results are somebody else's.
#pragma once

#include <penstock/progress.h>
#include <penstock/time.h>

#include <string>
#include <string_view>

#include "cli/console.h"
#include "report/cadence.h"

namespace penstock::cli {

enum class DisplayMode : std::uint8_t { living, plain, events, quiet };

/// Calls: (update | say)* close. Threads: owner only.
///
/// The cursor stands below the living lines whenever no call is running, and is never hidden: a
/// killed run leaves the terminal as it should be.
class LiveDisplay {
 public:
  LiveDisplay(Console& console, DisplayMode mode, std::string run);

  /// Draw, if it is time to.
  void update(const Snapshot& snapshot, TimePoint now);

  /// A word for the user that stays: above the living lines, or as a "message" event.
  void say(std::string_view text);

  /// Take the living lines away; the last event says "end".
  void close(const Snapshot& snapshot);

  /// How often update() draws.
  Duration period() const noexcept { return period_; }

 private:
  void erase();
  void draw(const Snapshot& snapshot);

  Console& console_;
  DisplayMode mode_;
  std::string run_;
  Duration period_;
  report::Cadence cadence_;
  bool is_first_ = true;
  std::size_t lines_ = 0;  // Living lines that are on the screen.
};

}  // namespace penstock::cli
