// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One epoll descriptor, its callbacks, timers, and tasks posted from other threads. It has no
// policy and starts no thread; whoever owns it calls run_once().
#pragma once

#include <penstock/error.h>
#include <penstock/time.h>
#include <sys/epoll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "os/fd.h"
#include "os/mutex.h"
#include "os/timer_heap.h"

namespace penstock::os {

/// Names a watched descriptor; 0 names none. Never reused, so a stale id does nothing.
enum class WatchId : std::uint64_t {};

/// Invariants: (1) a callback never runs after unwatch() or cancel() has returned, not even for an
/// event that the kernel had already reported: each slot carries a generation, and events of an
/// older one are dropped. (2) A callback may unwatch itself, watch others and set timers: its own
/// closure lives until the round ends. (3) No timer runs early.
///
/// Threads: wake() and post() any; everything else the owner only. Blocks: run_once() only.
class EpollLoop {
 public:
  using Callback = std::function<void(std::uint32_t events)>;  // EPOLLIN, EPOLLOUT, EPOLLHUP, ...
  using Task = std::function<void()>;

  /// Errors: system (out of descriptors).
  static Result<std::unique_ptr<EpollLoop>> create();
  EpollLoop(const EpollLoop&) = delete;
  EpollLoop& operator=(const EpollLoop&) = delete;

  /// Call `callback` whenever one of `events` holds (level-triggered unless EPOLLET is given).
  /// The descriptor stays the caller's. REQUIRES: unwatch() before it is closed.
  /// Errors: system (EPERM: a regular file; EEXIST: watched already; ENOSPC: too many).
  Result<WatchId> watch(int fd, std::uint32_t events, Callback callback);

  /// Errors: system, internal (the watch has ended).
  Status change(WatchId watch, std::uint32_t events);

  void unwatch(WatchId watch);

  /// Run `task` once, in the first round that begins at or after `when`. A timer that is set by a
  /// callback runs in a later round at the earliest.
  TimerId at(TimePoint when, Task task) { return timers_.at(when, std::move(task)); }
  void cancel(TimerId timer) { timers_.cancel(timer); }

  /// Run `task` in the next round. From other threads it wakes the loop.
  void post(Task task);

  /// End the current or the next sleep of run_once().
  void wake() noexcept;

  /// One round: wait until something is ready, or until `deadline` or the next timer; then run all
  /// that is due. A deadline in the past makes it a poll.
  void run_once(TimePoint deadline);

  /// The instant at which the current round woke up: cheaper than the clock, and never later.
  TimePoint round_began() const noexcept { return round_began_; }

  std::size_t watched() const noexcept { return watched_; }

 private:
  struct Watch {
    int fd = -1;
    std::uint32_t generation = 1;
    Callback callback;
  };
  enum class Sleep : std::uint8_t { awake, asleep, woken };

  EpollLoop(Fd epoll, Fd bell);
  Watch* find(std::uint64_t tag) noexcept;
  int wait(TimePoint deadline, epoll_event* events, int events_max);
  void dispatch(const epoll_event& event);
  void run_posted();
  void run_timers();

  Fd epoll_;
  Fd bell_;  // An eventfd.

  // Owner only.
  std::deque<Watch> watches_;  // A deque: a callback may add slots while it runs in its own.
  std::vector<std::uint32_t> free_;
  std::vector<Callback> retired_;
  std::size_t watched_ = 0;
  TimerHeap timers_;
  TimePoint round_began_;

  // Any thread.
  std::atomic<Sleep> sleep_{Sleep::awake};
  Mutex mutex_;
  std::vector<Task> posted_ PENSTOCK_LOCKS(guarded_by(mutex_));
};

}  // namespace penstock::os
