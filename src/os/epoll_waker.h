// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The engine's real Waker: it sleeps in an event loop that executors and others may use too, so
// that their callbacks run on the engine's thread.
#pragma once

#include <penstock/clock.h>
#include <penstock/error.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "os/epoll_loop.h"

namespace penstock::os {

/// Threads: wake() any; loop() and sleep_until() the engine's.
class EpollWaker final : public Waker {
 public:
  /// Errors: system (out of descriptors).
  static Result<std::unique_ptr<EpollWaker>> create();

  void wake(Event event) noexcept override;

  /// Runs at least one round of loop(), so that descriptors are served even while events abound.
  std::uint32_t sleep_until(TimePoint deadline) override;

  /// Callbacks that are watched here run inside sleep_until().
  EpollLoop& loop() noexcept { return *loop_; }

 private:
  explicit EpollWaker(std::unique_ptr<EpollLoop> loop) : loop_(std::move(loop)) {}

  std::unique_ptr<EpollLoop> loop_;
  std::atomic<std::uint32_t> events_{0};
};

}  // namespace penstock::os
