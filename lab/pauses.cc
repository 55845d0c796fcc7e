// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One pause a key: the earliest start of those that overlap, and the latest end.
#include "pauses.h"

#include <algorithm>

namespace penstock::lab {

void Pauses::give(const std::string& key, TimePoint from, TimePoint until) {
  auto& pause = pauses_[key];
  const bool running = from <= pause.until;
  pause.from = running ? std::min(pause.from, from) : from;
  pause.until = running ? std::max(pause.until, until) : until;
}

Pauses::Call Pauses::judge(const std::string& key, TimePoint arrival) const {
  const auto found = pauses_.find(key);
  if (found == pauses_.end()) return Call::in_time;
  const auto& pause = found->second;
  if (arrival < pause.from || arrival >= pause.until) return Call::in_time;
  return arrival < pause.from + grace_ ? Call::in_grace : Call::early;
}

}  // namespace penstock::lab
