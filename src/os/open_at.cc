// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Opens files with close-on-exec, and never through a symbolic link when it may write.
#include "os/open_at.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr mode_t kOwnerOnly = 0600;

int flags_of(FileMode mode) {
  switch (mode) {
    case FileMode::read:
      return O_RDONLY | O_CLOEXEC;
    case FileMode::update:
      return O_RDWR | O_NOFOLLOW | O_CLOEXEC;
    case FileMode::update_or_create:
      return O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    case FileMode::create_new:
      return O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  }
  return O_RDONLY | O_CLOEXEC;
}

Error open_error(const std::string& shown, FileMode mode, int error_number) {
  Error error = system_error(mode == FileMode::create_new ? "create" : "open", shown, error_number);
  if (error_number == ENOENT) {
    error.code = Errc::invalid;
    error.kind = kFileMissing;
  } else if (error_number == EEXIST) {
    error.code = Errc::rejected;
    error.kind = kFileExists;
  } else if (error_number == ELOOP && mode != FileMode::read) {
    error.code = Errc::rejected;
    error.kind = kFileSymlink;
  }
  return error;
}

}  // namespace

Result<File> open_at(int folder_fd, const std::string& name, std::string shown, FileMode mode) {
  for (;;) {
    const int fd = ::openat(folder_fd, name.c_str(), flags_of(mode), kOwnerOnly);
    if (fd >= 0) return File(Fd(fd), std::move(shown));
    if (errno != EINTR) return open_error(shown, mode, errno);
  }
}

}  // namespace penstock::os
