// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A mutex that the compiler can check: clang refuses code that touches what it guards without
// holding it (-Wthread-safety). The standard library's own mutex carries no such marks.
#pragma once

#include <penstock/time.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>

/// What clang's analysis is told, e.g. `int count_ PENSTOCK_LOCKS(guarded_by(mutex_));`.
#if defined(__clang__)
#define PENSTOCK_LOCKS(what) __attribute__((what))
#else
#define PENSTOCK_LOCKS(what)
#endif

namespace penstock::os {

/// Lock it with a MutexLock.
class PENSTOCK_LOCKS(capability("mutex")) Mutex {
 private:
  friend class MutexLock;
  std::mutex mutex_;
};

/// Holds a mutex for a scope, or for the parts of it between unlock() and lock().
class PENSTOCK_LOCKS(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PENSTOCK_LOCKS(acquire_capability(mutex))
      : lock_(mutex.mutex_) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() PENSTOCK_LOCKS(release_capability()) {}

  void lock() PENSTOCK_LOCKS(acquire_capability()) { lock_.lock(); }
  void unlock() PENSTOCK_LOCKS(release_capability()) { lock_.unlock(); }

 private:
  friend class Condition;
  std::unique_lock<std::mutex> lock_;
};

/// What the holders of one mutex wait for. There is no wait with a predicate: the analysis does not
/// look into closures, and a loop says the same.
class Condition {
 public:
  enum class Woken : std::uint8_t { perhaps, too_late };

  void wait(MutexLock& lock) { condition_.wait(lock.lock_); }
  Woken wait_until(MutexLock& lock, TimePoint deadline) {
    const bool timed_out = condition_.wait_until(lock.lock_, deadline) == std::cv_status::timeout;
    return timed_out ? Woken::too_late : Woken::perhaps;
  }
  void notify_one() noexcept { condition_.notify_one(); }

 private:
  std::condition_variable condition_;
};

}  // namespace penstock::os
