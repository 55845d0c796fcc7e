// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Events are bits; the loop's bell is rung only for a sleeper.
#include "os/epoll_waker.h"

#include <utility>

namespace penstock::os {

Result<std::unique_ptr<EpollWaker>> EpollWaker::create() {
  PENSTOCK_TRY(loop, EpollLoop::create());
  return std::unique_ptr<EpollWaker>(new EpollWaker(std::move(loop)));
}

void EpollWaker::wake(Event event) noexcept {
  events_.fetch_or(static_cast<std::uint32_t>(event));
  loop_->wake();
}

std::uint32_t EpollWaker::sleep_until(TimePoint deadline) {
  // An event that came before is kept awake for by the loop itself: wake() makes it only poll.
  for (;;) {
    loop_->run_once(deadline);
    if (const std::uint32_t events = events_.exchange(0)) return events;
    if (deadline <= TimePoint::clock::now()) return 0;
  }
}

}  // namespace penstock::os
