// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One owner for a folder: a lock that dies with its holder, and a note that says who holds it.
#pragma once

#include <penstock/error.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <utility>

#include "os/file.h"

namespace penstock::os {

/// Held while this object lives; the kernel lets go when the process ends, however it ends, so
/// there is no stale lock to remove by hand. The file stays.
///
/// The lock belongs to the open file (F_OFD_SETLK): a forked child that keeps the descriptor keeps
/// the lock. Children of Penstock close all descriptors before they run anything.
class FileLock {
 public:
  /// Errors: rejected "lock.held" ("... is held by process 4711"), no_space, system (also: a file
  /// system without working locks). Blocks: never.
  static Result<FileLock> acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace penstock::os
