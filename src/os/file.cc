// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every loop over a partial read or write, and every retry after a signal, stands here.
#include "os/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

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

FileState to_state(const struct stat& found) {
  return FileState{.size_bytes = static_cast<std::uint64_t>(found.st_size),
                   .inode = found.st_ino,
                   .device = found.st_dev,
                   .links = found.st_nlink};
}

// A terminal or pipe that somebody put in non-blocking mode: wait rather than lose bytes.
void wait_until(int fd, short readiness) {
  pollfd entry{.fd = fd, .events = readiness, .revents = 0};
  (void)::poll(&entry, 1, -1);
}

}  // namespace

Result<File> File::open(const std::filesystem::path& path, FileMode mode) {
  return open_in(AT_FDCWD, path.native(), path.native(), mode);
}

Result<File> File::open_in(int folder_fd, const std::string& name, std::string shown,
                           FileMode mode) {
  for (;;) {
    const int fd = ::openat(folder_fd, name.c_str(), flags_of(mode), kOwnerOnly);
    if (fd >= 0) return File(Fd(fd), std::move(shown));
    if (errno != EINTR) return open_error(shown, mode, errno);
  }
}

Result<std::optional<File>> File::open_if_exists(const std::filesystem::path& path, FileMode mode) {
  auto file = open(path, mode);
  if (file) return std::optional<File>(std::move(*file));
  if (file.error().kind == kFileMissing) return std::optional<File>();
  return std::move(file.error());
}

Status File::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      wait_until(fd_.get(), POLLOUT);
    } else if (errno != EINTR) {
      return system_error("write", name_);
    }
  }
  return ok();
}

Status File::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    } else if (errno != EINTR) {
      return system_error("write", name_);
    }
  }
  return ok();
}

Result<std::optional<std::size_t>> File::read_some(std::span<char> room) {
  for (;;) {
    const ssize_t count = ::read(fd_.get(), room.data(), room.size());
    if (count >= 0) return std::optional<std::size_t>(static_cast<std::size_t>(count));
    if (errno == EAGAIN) return std::optional<std::size_t>();
    if (errno != EINTR) return system_error("read", name_);
  }
}

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<char> room) const {
  std::size_t filled = 0;
  while (filled < room.size()) {
    const ssize_t count = ::pread(fd_.get(), room.data() + filled, room.size() - filled,
                                  static_cast<off_t>(offset + filled));
    if (count == 0) break;
    if (count > 0) {
      filled += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return system_error("read", name_);
    }
  }
  return filled;
}

Result<std::string> File::read_all(std::size_t bytes_max) {
  constexpr std::size_t kStepBytes = std::size_t{64} << 10U;
  std::string bytes;
  for (;;) {
    const std::size_t filled = bytes.size();
    bytes.resize(filled + kStepBytes);
    PENSTOCK_TRY(count, read_some(std::span(bytes.data() + filled, kStepBytes)));
    bytes.resize(filled + count.value_or(0));
    if (bytes.size() > bytes_max) {
      return Error{.code = Errc::invalid,
                   .message = fmt::format("read {}: more than {} bytes", name_, bytes_max),
                   .kind = "file.too_large"};
    }
    if (!count) {
      wait_until(fd_.get(), POLLIN);
    } else if (*count == 0) {
      return bytes;
    }
  }
}

Status File::seek(std::uint64_t offset) {
  if (::lseek(fd_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
    return system_error("seek", name_);
  }
  return ok();
}

Status File::truncate(std::uint64_t size_bytes) {
  while (::ftruncate(fd_.get(), static_cast<off_t>(size_bytes)) != 0) {
    if (errno != EINTR) return system_error("truncate", name_);
  }
  return ok();
}

Status File::sync() {
  // EINTR is an error here: whether the dirty pages were written is unknown.
  if (::fdatasync(fd_.get()) != 0) return system_error("sync", name_);
  return ok();
}

Result<FileState> File::state() const {
  struct stat found {};
  if (::fstat(fd_.get(), &found) != 0) return system_error("stat", name_);
  return to_state(found);
}

Status rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", to.native());
  return ok();
}

Status remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("remove", path.native());
  return ok();
}

Status sync_folder(const std::filesystem::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return system_error("open", folder.native());
  if (::fsync(fd.get()) != 0) return system_error("sync", folder.native());
  return ok();
}

Result<std::uint64_t> free_bytes(const std::filesystem::path& path) {
  struct statvfs state {};
  if (::statvfs(path.c_str(), &state) != 0) return system_error("statvfs", path.native());
  return std::uint64_t{state.f_bavail} * state.f_frsize;
}

Result<std::optional<FileState>> file_state(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) return std::optional<FileState>(to_state(found));
  if (errno == ENOENT || errno == ENOTDIR) return std::optional<FileState>();
  return system_error("stat", path.native());
}

}  // namespace penstock::os
