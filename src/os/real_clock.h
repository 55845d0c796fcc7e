// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The machine's clocks behind the Clock seam. Simulations use a manual one instead.
#pragma once

#include <penstock/clock.h>

namespace penstock::os {

/// CLOCK_MONOTONIC and CLOCK_REALTIME. Threads: any.
class RealClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return TimePoint::clock::now(); }
  WallTime wall() const noexcept override { return WallTime::clock::now(); }
};

}  // namespace penstock::os
