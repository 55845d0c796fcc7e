// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Who was told to wait, until when, and who came back too soon. Time is an argument.
#pragma once

#include "units.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace penstock::lab {

/// A pause runs from the answer that carried it. Calls within the grace after that answer were on
/// their way already and are told apart from those that came early.
///
/// Threads: owner only.
class Pauses {
 public:
  enum class Call : std::uint8_t { in_time, in_grace, early };

  explicit Pauses(Duration grace) : grace_(grace) {}

  /// An answer leaving at `from` told the callers of `key` to stay away until `until`. A pause
  /// that still runs goes on: its grace does not begin anew.
  void give(const std::string& key, TimePoint from, TimePoint until);

  [[nodiscard]] Call judge(const std::string& key, TimePoint arrival) const;

  void clear() { pauses_.clear(); }

 private:
  struct Pause {
    TimePoint from;
    TimePoint until;
  };
  Duration grace_;
  std::unordered_map<std::string, Pause> pauses_;
};

}  // namespace penstock::lab
