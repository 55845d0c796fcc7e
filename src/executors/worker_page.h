// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The page that a worker shares with the engine: what its threads do now, and, once it is dead,
// what they did last. Written by the worker, read by the engine; no locks, so a death in between
// leaves nothing locked.
#pragma once

#include <penstock/executor.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace penstock::executors {

inline constexpr std::size_t kCacheLineBytes = 64;

/// What one thread of a worker shows.
struct alignas(kCacheLineBytes) ThreadMark {
  std::atomic<std::uint64_t> beats{0};   // Moves whenever the thread gets on.
  std::atomic<std::uint64_t> marked{0};  // Id + 1 of the call whose code runs; 0: none.

  std::optional<CallId> call() const noexcept {
    const std::uint64_t value = marked.load(std::memory_order_relaxed);
    return value == 0 ? std::nullopt : std::optional(CallId{value - 1});
  }
  void beat() noexcept { beats.fetch_add(1, std::memory_order_relaxed); }
};

struct WorkerPage {
  ThreadMark loop;
  ThreadMark compute;
  alignas(kCacheLineBytes) std::atomic<std::uint64_t> rss_bytes{0};  // Refreshed by heartbeats.
  std::atomic<std::uint64_t> cpu_ns{0};
};

// Two processes share it: only lock-free words may stand in it.
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(sizeof(WorkerPage) <= 4096);

/// Marks a call as the one whose code runs on this thread, for as long as this object lives.
///
/// Relaxed stores are enough: the engine reads them for blame only after the process has ended,
/// and a process that has died of a signal at an instruction has executed all stores before it.
class MarkedScope {
 public:
  MarkedScope(ThreadMark& mark, CallId call) noexcept
      : mark_(mark), before_(mark.marked.load(std::memory_order_relaxed)) {
    set(static_cast<std::uint64_t>(call) + 1);
  }
  MarkedScope(const MarkedScope&) = delete;
  MarkedScope& operator=(const MarkedScope&) = delete;
  ~MarkedScope() { set(before_); }

 private:
  void set(std::uint64_t marked) noexcept {
    mark_.marked.store(marked, std::memory_order_relaxed);
    mark_.beat();
    // The compiler must not move step code across the mark.
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }

  ThreadMark& mark_;
  std::uint64_t before_;
};

}  // namespace penstock::executors
