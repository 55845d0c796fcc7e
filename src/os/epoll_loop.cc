// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Why a wake-up cannot be lost: the sleeper goes awake -> asleep by compare-exchange and only polls
// if that fails; a waker exchanges in `woken` and rings the bell if it met `asleep`. So either the
// sleeper sees `woken` before it sleeps, or the bell rings.
#include "os/epoll_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr std::size_t kEventsMax = 256;
constexpr unsigned kGenerationShift = 32;
constexpr std::uint64_t kBellTag = 0;  // Generations start at 1, so no watch has this tag.

std::uint64_t tag_of(std::uint32_t slot, std::uint32_t generation) {
  return (std::uint64_t{generation} << kGenerationShift) | slot;
}

// Nanosecond sleeps where the kernel has them, else milliseconds rounded up: never early.
int epoll_wait_for(int epoll, epoll_event* events, int events_max, Duration timeout) {
  static std::atomic<bool> has_pwait2{true};
  if (has_pwait2.load(std::memory_order_relaxed)) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
    const timespec left{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
    const int count = ::epoll_pwait2(epoll, events, events_max, &left, nullptr);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    has_pwait2.store(false, std::memory_order_relaxed);
  }
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return ::epoll_wait(epoll, events, events_max, static_cast<int>(whole));
}

}  // namespace

Result<std::unique_ptr<EpollLoop>> EpollLoop::create() {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return system_error("epoll_create", "event loop");
  Fd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!bell) return system_error("eventfd", "event loop");
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kBellTag}};
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, bell.get(), &event) != 0) {
    return system_error("epoll_ctl", "event loop");
  }
  return std::unique_ptr<EpollLoop>(new EpollLoop(std::move(epoll), std::move(bell)));
}

EpollLoop::EpollLoop(Fd epoll, Fd bell)
    : epoll_(std::move(epoll)), bell_(std::move(bell)), round_began_(TimePoint::clock::now()) {}

EpollLoop::Watch* EpollLoop::find(std::uint64_t tag) noexcept {
  const auto slot = static_cast<std::uint32_t>(tag);
  if (slot >= watches_.size()) return nullptr;
  Watch& watch = watches_[slot];
  return watch.generation == tag >> kGenerationShift ? &watch : nullptr;
}

Result<WatchId> EpollLoop::watch(int fd, std::uint32_t events, Callback callback) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(watches_.size()));
    watches_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  Watch& watch = watches_[slot];
  const std::uint64_t tag = tag_of(slot, watch.generation);
  epoll_event event{.events = events, .data = {.u64 = tag}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return system_error("watch descriptor", std::to_string(fd));
  }
  free_.pop_back();
  watch.fd = fd;
  watch.callback = std::move(callback);
  ++watched_;
  return WatchId{tag};
}

Status EpollLoop::change(WatchId id, std::uint32_t events) {
  const auto tag = static_cast<std::uint64_t>(id);
  const Watch* watch = find(tag);
  if (watch == nullptr) {
    return Error{.code = Errc::internal, .message = "change an ended watch", .kind = "os.watch"};
  }
  epoll_event event{.events = events, .data = {.u64 = tag}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, watch->fd, &event) != 0) {
    return system_error("change watch of descriptor", std::to_string(watch->fd));
  }
  return ok();
}

void EpollLoop::unwatch(WatchId id) {
  const auto tag = static_cast<std::uint64_t>(id);
  Watch* watch = find(tag);
  if (watch == nullptr) return;
  // Fails only if the descriptor was closed first, which removed it as well.
  (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watch->fd, nullptr);
  retired_.push_back(std::exchange(watch->callback, nullptr));
  watch->fd = -1;
  if (++watch->generation == 0) watch->generation = 1;
  free_.push_back(static_cast<std::uint32_t>(tag));
  --watched_;
}

void EpollLoop::post(Task task) {
  {
    const MutexLock lock(mutex_);
    posted_.push_back(std::move(task));
  }
  wake();
}

void EpollLoop::wake() noexcept {
  if (sleep_.exchange(Sleep::woken) != Sleep::asleep) return;
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the bell is ringing anyway.
  (void)!::write(bell_.get(), &one, sizeof one);
}

int EpollLoop::wait(TimePoint deadline, epoll_event* events, int events_max) {
  if (const auto due = timers_.next_due()) deadline = std::min(deadline, *due);
  auto expected = Sleep::awake;
  const bool may_sleep = sleep_.compare_exchange_strong(expected, Sleep::asleep);
  constexpr Duration kLongest = std::chrono::hours(1);
  Duration timeout{0};
  if (may_sleep && deadline > round_began_) {
    const TimePoint now = TimePoint::clock::now();
    if (deadline > now) timeout = deadline - now < kLongest ? deadline - now : kLongest;
  }
  const int count = epoll_wait_for(epoll_.get(), events, events_max, timeout);
  // An exchange, not a store: it acquires what a waker of this moment has published.
  sleep_.exchange(Sleep::awake);
  return count;
}

void EpollLoop::dispatch(const epoll_event& event) {
  if (event.data.u64 == kBellTag) {
    std::uint64_t rings = 0;
    (void)!::read(bell_.get(), &rings, sizeof rings);
    return;
  }
  // Looked up anew for each event: an earlier callback of this round may have ended this watch.
  if (const Watch* watch = find(event.data.u64)) watch->callback(event.events);
}

void EpollLoop::run_once(TimePoint deadline) {
  std::array<epoll_event, kEventsMax> events;
  const int count = wait(deadline, events.data(), static_cast<int>(events.size()));
  round_began_ = TimePoint::clock::now();
  for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
  run_posted();
  run_timers();
  retired_.clear();
}

void EpollLoop::run_posted() {
  std::vector<Task> tasks;
  {
    const MutexLock lock(mutex_);
    tasks.swap(posted_);
  }
  for (const Task& task : tasks) task();
}

void EpollLoop::run_timers() {
  const std::uint64_t made_before = timers_.made();
  while (const auto task = timers_.take_due(round_began_, made_before)) task();
}

}  // namespace penstock::os
