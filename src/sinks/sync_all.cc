// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Many syncs at once.
#include "sinks/sync_all.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "os/mutex.h"

namespace penstock::sinks {
namespace {

constexpr std::size_t kThreadsMax = 16;
constexpr std::size_t kSyncsPerThread = 4;  // Fewer are not worth a thread.

/// Any thread may note a failure; the first one stays.
class FirstFailure {
 public:
  void note(Error error) {
    const os::MutexLock lock(mutex_);
    if (!first_) first_ = std::move(error);
  }
  std::optional<Error> take() {
    const os::MutexLock lock(mutex_);
    return std::move(first_);
  }

 private:
  os::Mutex mutex_;
  std::optional<Error> first_ PENSTOCK_LOCKS(guarded_by(mutex_));
};

}  // namespace

Status sync_all(std::size_t count, const std::function<Status(std::size_t)>& sync_one) {
  std::atomic<std::size_t> next{0};
  FirstFailure failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      if (auto status = sync_one(i); !status) failure.note(std::move(status.error()));
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(count / kSyncsPerThread, kThreadsMax); ++i) {
    try {
      others.emplace_back(work);
    } catch (const std::system_error&) {
      break;  // No more threads to be had: those that there are do the work.
    }
  }
  work();
  for (std::thread& other : others) other.join();
  if (auto first = failure.take()) return std::move(*first);
  return ok();
}

}  // namespace penstock::sinks
