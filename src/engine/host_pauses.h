// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Hosts that have asked to be left alone for a while. Arithmetic on a passed time.
#pragma once

#include <penstock/time.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace penstock::engine {

/// Invariant: at most twice the pauses that still hold are kept, and 64.
/// Threads: owner only. REQUIRES: `now` never before an earlier `now`.
class HostPauses {
 public:
  /// A shorter pause never ends a longer one.
  void pause(std::string_view host, TimePoint until, TimePoint now) {
    if (until_.size() >= sweep_at_) sweep(now);
    TimePoint& end = until_[std::string(host)];
    end = std::max(end, until);
  }

  /// When a call to this host may start: `now`, or the end of its pause.
  TimePoint ask(std::string_view host, TimePoint now) const {
    if (until_.empty()) return now;
    const auto found = until_.find(std::string(host));
    return found == until_.end() ? now : std::max(now, found->second);
  }

  std::size_t hosts_held() const noexcept { return until_.size(); }

 private:
  static constexpr std::size_t kHostsMin = 64;

  void sweep(TimePoint now) {
    std::erase_if(until_, [now](const auto& one) { return one.second <= now; });
    sweep_at_ = std::max(kHostsMin, 2 * until_.size());
  }

  std::unordered_map<std::string, TimePoint> until_;
  std::size_t sweep_at_ = kHostsMin;
};

}  // namespace penstock::engine
