// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Counts from the look that saw a thread move, not from the beat itself: a hang is found at most
// one look late, and never early.
#include "executors/hang_watch.h"

#include <utility>

namespace penstock::executors {

bool HangWatch::hangs(Thread& thread, std::uint64_t beats, bool must_beat,
                      TimePoint now) const noexcept {
  const bool moved = beats != std::exchange(thread.beats, beats);
  const bool was_watched = std::exchange(thread.watched, must_beat);
  if (moved || !must_beat || !was_watched) thread.moved_at = now;
  return now - thread.moved_at >= limit_;
}

Hung HangWatch::look(const Pulse& pulse, TimePoint now) noexcept {
  const bool we_paused = now - std::exchange(looked_at_, now) > limit_ / 2;
  if (we_paused) loop_.watched = compute_.watched = false;
  const bool loop = hangs(loop_, pulse.loop_beats, pulse.loop_must_beat, now);
  const bool compute = hangs(compute_, pulse.compute_beats, pulse.compute_must_beat, now);
  if (loop) return Hung::loop;
  return compute ? Hung::compute : Hung::no;
}

}  // namespace penstock::executors
