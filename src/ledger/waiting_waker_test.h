// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A waker for whoever drives a ledger by hand. It knows no test framework.
#pragma once

#include <penstock/clock.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace penstock::ledger {

/// Blocks until an event comes; deadlines are ignored, so that no test depends on time.
class WaitingWaker final : public Waker {
 public:
  void wake(Event event) noexcept override {
    const std::lock_guard lock(mutex_);
    events_ |= static_cast<std::uint32_t>(event);
    woken_.notify_one();
  }
  std::uint32_t sleep_until(TimePoint) override {
    std::unique_lock lock(mutex_);
    woken_.wait(lock, [this] { return events_ != 0; });
    return std::exchange(events_, 0);
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  std::uint32_t events_ = 0;
};

}  // namespace penstock::ledger
