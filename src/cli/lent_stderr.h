// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Standard error leads into a file for a while: what is forked meanwhile keeps it so. Worker
// processes have nothing to say on the user's terminal.
#pragma once

#include <filesystem>

#include "os/fd.h"

namespace penstock::cli {

/// As long as it lives, descriptor 2 is `file` (appended to, made with 0600). If that cannot be
/// had, it stays what it was.
/// REQUIRES: one thread.
class LentStderr {
 public:
  explicit LentStderr(const std::filesystem::path& file);
  LentStderr(const LentStderr&) = delete;
  LentStderr& operator=(const LentStderr&) = delete;
  ~LentStderr();

 private:
  os::Fd kept_;
};

}  // namespace penstock::cli
