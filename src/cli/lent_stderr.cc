// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Opened for appending, so that the lines of several workers stand one behind the other.
#include "cli/lent_stderr.h"

#include <fcntl.h>
#include <unistd.h>

namespace penstock::cli {

LentStderr::LentStderr(const std::filesystem::path& file) {
  const os::Fd target(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!target) return;
  kept_ = os::Fd(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  if (kept_) ::dup2(target.get(), STDERR_FILENO);
}

LentStderr::~LentStderr() {
  if (kept_) ::dup2(kept_.get(), STDERR_FILENO);
}

}  // namespace penstock::cli
