// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How fast a worker gets through its calls, as arithmetic: how many it should have at hand beyond
// those that it runs. Of slow calls none: they would only wait there.
#pragma once

#include <penstock/time.h>

#include <chrono>
#include <cstddef>

namespace penstock::executors {

/// Threads: owner only. REQUIRES: `now` never before an earlier `now`.
class CallPace {
 public:
  void finished(std::size_t calls, TimePoint now) noexcept {
    calls_ += calls;
    const Duration window = now - began_;
    if (window < kWindow) return;
    ahead_ = calls_ * static_cast<std::size_t>(kWindow.count()) /
             static_cast<std::size_t>(Duration(window).count());
    calls_ = 0;
    began_ = now;
  }

  /// About as many as it finishes in 50 ms: what a drain then waits for longer at most.
  std::size_t ahead() const noexcept { return ahead_; }

 private:
  static constexpr Duration kWindow = std::chrono::milliseconds(50);

  TimePoint began_{};
  std::size_t calls_ = 0;
  std::size_t ahead_ = 0;
};

}  // namespace penstock::executors
