// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A place for one worker. Processes come and go in it; its index and its counts stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "executors/call_pace.h"
#include "executors/worker_process.h"
#include "os/epoll_loop.h"

namespace penstock::executors {

struct WorkerSlot {
  std::uint32_t index = 0;
  std::unique_ptr<WorkerProcess> process;  ///< Null while none can be had.

  /// What it may have in flight, below what the options say: it ran out of descriptors with more.
  std::size_t calls_max = std::numeric_limits<std::size_t>::max();
  std::size_t given_back = 0;  ///< For want of descriptors, since something last ended otherwise.
  std::size_t well = 0;        ///< Ended otherwise, since calls_max last changed.
  bool is_told = false;        ///< That calls_max was lowered.

  bool reserved = false;  ///< For a suspect that runs alone: no other calls.
  bool draining = false;  ///< Gets no calls; its process is replaced once it has none.
  bool retiring = false;  ///< Gets no calls; goes with its process.
  bool unsent = false;    ///< Was given calls that are not flushed yet.

  CallPace pace;
  std::uint64_t calls_done = 0;  ///< By earlier processes.
  std::uint64_t crashes = 0;

  // The pool's: what is registered in the loop.
  os::WatchId socket_watch{};
  os::WatchId process_watch{};
  os::TimerId respawn{};
  bool blocked = false;  // The socket is full; EPOLLOUT is watched.

  bool takes_calls() const noexcept { return process && !draining && !retiring; }
  std::size_t in_flight() const noexcept { return process ? process->in_flight() : 0; }
};

}  // namespace penstock::executors
