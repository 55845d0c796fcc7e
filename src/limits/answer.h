// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a limit answers when it is asked, and the margins that all limits share. Values only.
#pragma once

#include <penstock/time.h>

#include <cstdint>
#include <string_view>

namespace penstock::limits {

/// The engine may grant this far ahead, so that one wake-up serves many slots.
inline constexpr Duration kGrantAhead = std::chrono::milliseconds(20);

/// A wait ends this long before its slot, for the same reason.
inline constexpr Duration kAskEarly = std::chrono::milliseconds(10);

/// How late a request may reach its server and still be counted in the window it was granted in.
inline constexpr Duration kWindowMargin = std::chrono::milliseconds(20);

/// Before everything, with room to subtract.
inline constexpr TimePoint kLongAgo{TimePoint::min().time_since_epoch() / 2};
inline constexpr TimePoint kNever = TimePoint::max();

/// What must happen before it is worth asking again.
enum class Hold : std::uint8_t {
  none,         ///< Granted: nothing may be sent before `at`.
  time,         ///< The time `at`.
  release,      ///< A started() or release() of this limit. `at` is never.
  reservation,  ///< A confirm(): the ledger must hold more permits first. `at` is never.
};

struct Answer {
  Hold hold = Hold::none;
  TimePoint at{};
  std::string_view rule{};  ///< "search: 10/s"; empty if nothing delays. Valid until retune().

  bool granted() const noexcept { return hold == Hold::none; }
};

/// What holds for somebody who needs both. Of two waits an event goes before a time, which is
/// only known after the event.
inline const Answer& stricter(const Answer& a, const Answer& b) noexcept {
  if (a.hold != b.hold) return a.hold < b.hold ? b : a;
  return a.at < b.at ? b : a;
}

}  // namespace penstock::limits
