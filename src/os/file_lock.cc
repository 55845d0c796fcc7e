// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The note is "pid start-time\n": for people and for the refusal only; the lock alone decides.
#include "os/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <span>
#include <string>
#include <string_view>

#include "os/proc_stat.h"
#include "os/system_error.h"

namespace penstock::os {
namespace {

// What the file says is untrusted: a number is taken from its start, anything else is "unknown".
std::string owner_of(const File& file) {
  std::array<char, 64> room{};
  const auto count = file.read_at(0, std::span(room));
  const std::string_view note(room.data(), count ? *count : 0);
  pid_t pid = 0;
  const auto parsed = std::from_chars(note.data(), note.data() + note.size(), pid);
  if (parsed.ec != std::errc{} || pid <= 0) return "an unknown process";
  return fmt::format("process {}", pid);
}

}  // namespace

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  PENSTOCK_TRY(file, File::open(path, FileMode::update_or_create));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file.fd(), F_OFD_SETLK, &lock) != 0) {
    if (errno != EAGAIN && errno != EACCES) return system_error("lock", path.native());
    return Error{.code = Errc::rejected,
                 .message = fmt::format("lock {}: is held by {}", path.native(), owner_of(file)),
                 .kind = "lock.held"};
  }
  PENSTOCK_TRY(started, start_ticks(::getpid()));
  PENSTOCK_CHECK(file.truncate(0));
  PENSTOCK_CHECK(file.write_at(0, fmt::format("{} {}\n", ::getpid(), started)));
  return FileLock(std::move(file));
}

}  // namespace penstock::os
