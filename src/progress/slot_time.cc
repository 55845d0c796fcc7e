// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See slot_time.h.
#include "progress/slot_time.h"

#include <algorithm>

namespace penstock::progress {

SlotTime::SlotTime(std::int64_t slots, TimePoint now) noexcept
    : slots_(slots), began_(now), added_until_(now) {}

void SlotTime::resize(std::int64_t slots, TimePoint now) noexcept {
  add(now);
  slots_ = slots;
}

void SlotTime::set_busy(std::int64_t calls, TimePoint now) noexcept {
  add(now);
  busy_ = calls;
  peak_ = std::max(peak_, calls);
}

void SlotTime::set_idle(Idle why, TimePoint now) noexcept {
  add(now);
  why_ = why;
}

void SlotTime::add(TimePoint now) noexcept {
  const Duration time = now - added_until_;
  busy_time_ += time * busy_;
  idle_time_[static_cast<std::size_t>(why_)] += time * std::max<std::int64_t>(0, slots_ - busy_);
  added_until_ = now;
}

ConcurrencyProgress SlotTime::concurrency(TimePoint now) const noexcept {
  SlotTime until_now = *this;
  until_now.add(now);
  const std::chrono::duration<double> elapsed = now - began_;
  const std::chrono::duration<double> busy = until_now.busy_time_;
  return ConcurrencyProgress{.configured = slots_,
                             .now = busy_,
                             .peak = peak_,
                             .mean = elapsed.count() > 0 ? busy / elapsed : 0};
}

LostTime SlotTime::lost(TimePoint now) const noexcept {
  SlotTime until_now = *this;
  until_now.add(now);
  const auto idle = [&](Idle why) { return until_now.idle_time_[static_cast<std::size_t>(why)]; };
  const Duration cpu = std::min(cpu_, until_now.busy_time_);
  return LostTime{.limits = idle(Idle::limits),
                  .backoff = idle(Idle::backoff),
                  .network = until_now.busy_time_ - cpu,
                  .cpu = cpu,
                  .tail = idle(Idle::tail),
                  .source = idle(Idle::source),
                  .disk = idle(Idle::disk)};
}

}  // namespace penstock::progress
