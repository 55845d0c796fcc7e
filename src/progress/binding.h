// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What holds a run back: of all that does in turn, the one that did most of it lately.
#pragma once

#include <penstock/time.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::progress {

/// An engine that is held by a limit, then by a slot, then by the limit again, a thousand times a
/// second, must not flicker: each cause weighs the time that it held, halved with every second
/// since, and the heaviest is shown. It knows no causes but by name; empty is "nothing".
///
/// Threads: owner only. REQUIRES: `now` never before an earlier `now`.
class Binding {
 public:
  struct Held {
    std::string by;    ///< Empty: nothing.
    Duration time{0};  ///< How long it has been the heaviest.
  };

  explicit Binding(TimePoint now) : set_at_(now), leads_since_(now) {}

  /// From now on this holds. Constant time: at most 16 causes are remembered.
  void set(std::string_view cause, TimePoint now);

  Held held(TimePoint now) const;

 private:
  static constexpr std::size_t kCausesMax = 16;

  struct Cause {
    std::string name;
    double weight = 0;  // As of set_at_.
  };

  void weigh(TimePoint now);
  std::size_t heaviest() const;
  std::size_t find_or_add(std::string_view cause);

  std::vector<Cause> causes_{Cause{}};
  std::size_t current_ = 0;
  TimePoint set_at_;
  std::string leader_;
  TimePoint leads_since_;
};

}  // namespace penstock::progress
