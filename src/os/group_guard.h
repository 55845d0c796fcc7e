// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The end of this process ends what it has started: whole process groups, whatever way it went.
#pragma once

#include <penstock/error.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "os/fd.h"
#include "os/memory_file.h"

namespace penstock::os {

/// A small process that sleeps until this one has gone, by exit, crash or SIGKILL, and then kills
/// the process groups that stand in a table which both share. Noting a group is one store.
///
/// Threads: owner only. Blocks: the destructor, until the guard has done its work.
class GroupGuard {
 public:
  /// Process group that is to be killed; 0: none.
  using Slot = std::atomic<std::int32_t>;
  static_assert(Slot::is_always_lock_free, "two processes share it");

  /// More programs at once than a process may have descriptors for.
  static constexpr std::size_t kSlotsMax = std::size_t{1} << 17;

  /// Errors: system.
  static Result<std::unique_ptr<GroupGuard>> start();
  GroupGuard(const GroupGuard&) = delete;
  GroupGuard& operator=(const GroupGuard&) = delete;
  ~GroupGuard();

  /// An empty place in the table; null if all are taken.
  Slot* take();

  /// Give a place back: its group is no more, or is nobody's business.
  void release(Slot* slot);

 private:
  GroupGuard(Mapping table, Fd process, Fd pipe);
  Slot* table() const noexcept;

  Mapping mapping_;
  Fd process_;
  Fd pipe_;  // Its end is what the guard waits for.
  std::vector<Slot*> free_;
};

}  // namespace penstock::os
