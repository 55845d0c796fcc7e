// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Many syncs at once.
#include "sinks/sync_all.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace penstock::sinks {
namespace {

constexpr std::size_t kThreadsMax = 16;
constexpr std::size_t kSyncsPerThread = 4;  // Fewer are not worth a thread.

}  // namespace

Status sync_all(std::size_t count, const std::function<Status(std::size_t)>& sync_one) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<Error> failure;  // Guarded by mutex.
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      auto status = sync_one(i);
      if (status) continue;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::move(status.error());
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
  if (failure) return std::move(*failure);
  return ok();
}

}  // namespace penstock::sinks
