// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whether a worker hangs, as arithmetic on what its page showed and when. It never reads a clock.
#pragma once

#include <penstock/time.h>

#include <cstdint>

namespace penstock::executors {

/// What the page shows at one look.
struct Pulse {
  std::uint64_t loop_beats = 0;
  std::uint64_t compute_beats = 0;
  bool loop_must_beat = false;     ///< The worker has calls, or has not said hello.
  bool compute_must_beat = false;  ///< A call is marked on the compute thread.
};

enum class Hung : std::uint8_t { no, loop, compute };

/// A thread that must beat hangs when no look within `limit` saw its beats move.
///
/// A gap of more than half the limit between two looks is *our* pause (the whole group was stopped,
/// or the machine slept): time then starts anew, and nobody is blamed.
class HangWatch {
 public:
  explicit HangWatch(Duration limit) : limit_(limit) {}

  /// REQUIRES: `now` never before an earlier `now`; a look every limit/4 or so.
  Hung look(const Pulse& pulse, TimePoint now) noexcept;

 private:
  struct Thread {
    std::uint64_t beats = 0;
    bool watched = false;
    TimePoint moved_at{};
  };
  bool hangs(Thread& thread, std::uint64_t beats, bool must_beat, TimePoint now) const noexcept;

  Duration limit_;
  TimePoint looked_at_{};
  Thread loop_;
  Thread compute_;
};

}  // namespace penstock::executors
