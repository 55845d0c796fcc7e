// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What /proc, cgroups and rlimits tell about processes and this machine. Reads only, but for
// raise_descriptor_limit().
#pragma once

#include <penstock/error.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace penstock::os {

struct ProcessUse {
  std::uint64_t rss_bytes = 0;
  std::chrono::nanoseconds cpu{};  ///< User and system, all threads, ended ones included.
};

/// Memory and processor time of a process. Errors: system (it is gone, or not ours to see).
Result<ProcessUse> process_use(pid_t pid);

/// When a process started, in clock ticks since boot: with its pid it names a process for good.
/// Errors: system (it is gone).
Result<std::uint64_t> start_ticks(pid_t pid);

/// Processors that this process may keep busy, >= 1: the smaller of its affinity and the CPU quota
/// of its cgroup (rounded up).
std::size_t usable_cpus();

/// How many threads this process has now. Errors: system.
Result<std::size_t> thread_count();

/// How many descriptors this process may have open: its soft limit.
std::size_t descriptor_limit();

/// Lift the soft limit on descriptors towards `wanted`, as far as the hard limit allows; the limit
/// that now holds.
std::size_t raise_descriptor_limit(std::size_t wanted);

}  // namespace penstock::os
