// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How long to wait before a worker is started again, as arithmetic.
#pragma once

#include <penstock/time.h>

#include <algorithm>

namespace penstock::executors {

/// Counts starts that failed in a row; a worker that becomes ready ends the row.
class StartBackoff {
 public:
  explicit StartBackoff(int failures_max) : failures_max_(failures_max) {}

  /// How long to wait after one more failure: 10 ms, doubled each time, at most 1 s.
  Duration failed() noexcept {
    constexpr Duration kFirst = std::chrono::milliseconds(10);
    constexpr Duration kLongest = std::chrono::seconds(1);
    constexpr int kDoublingsMax = 7;
    const Duration wait = kFirst * (1 << std::min(failures_, kDoublingsMax));
    ++failures_;
    return std::min(wait, kLongest);
  }

  void succeeded() noexcept { failures_ = 0; }
  int failures() const noexcept { return failures_; }
  bool has_given_up() const noexcept { return failures_ >= failures_max_; }

 private:
  int failures_max_;
  int failures_ = 0;
};

}  // namespace penstock::executors
