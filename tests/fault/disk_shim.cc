// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The shim itself: libc's calls that change files, each first counted and then passed on. It never
// allocates inside a call of its own mutex holder's malloc and never changes errno on success.
#include "disk_shim.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

namespace {

using penstock::fault::DiskOp;
using penstock::fault::DiskRecord;

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::uint64_t number_of(const char* name) {
  const char* text = getenv(name);
  return text == nullptr ? 0 : strtoull(text, nullptr, 10);
}

struct OpenFile {
  std::uint32_t file = 0;
  bool is_folder = false;
};

struct Shim {
  std::recursive_mutex mutex;
  std::string folder;
  std::uint64_t kill_at = number_of("PENSTOCK_SHIM_KILL_AT");
  std::uint64_t fail_at = number_of("PENSTOCK_SHIM_FAIL_AT");
  int fail_errno = static_cast<int>(number_of("PENSTOCK_SHIM_ERRNO"));
  int log = -1;
  std::uint64_t changes = 0;
  std::uint32_t files = 0;
  std::map<int, OpenFile> open;
  pid_t owner = getpid();  // Children of the program are not its engine.

  Shim() {
    if (const char* path = getenv("PENSTOCK_SHIM_FOLDER")) folder = path;
    if (const char* path = getenv("PENSTOCK_SHIM_LOG")) {
      log = real<int (*)(const char*, int, ...)>("open")(
          path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
  }
  ~Shim() {
    const char* path = getenv("PENSTOCK_SHIM_COUNT");
    if (path == nullptr || getpid() != owner) return;
    if (FILE* file = fopen(path, "w")) {
      fprintf(file, "%llu\n", static_cast<unsigned long long>(changes));
      fclose(file);
    }
  }

  bool is_off() const { return folder.empty() || getpid() != owner; }

  /// The path below the folder; empty if it is elsewhere.
  std::string below(int at, const char* path) const {
    std::string full;
    if (path[0] == '/') {
      full = path;
    } else {
      char base[PATH_MAX];
      const std::string link =
          at == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/" + std::to_string(at);
      const ssize_t bytes = readlink(link.c_str(), base, sizeof base);
      if (bytes <= 0) return {};
      full.assign(base, static_cast<std::size_t>(bytes));
      full += "/";
      full += path;
    }
    if (full.compare(0, folder.size(), folder) != 0) return {};
    return full.size() == folder.size() ? "." : full.substr(folder.size() + 1);
  }

  void write_log(DiskOp op, std::uint32_t file, std::uint64_t offset, const void* content,
                 std::uint64_t bytes) {
    if (log < 0) return;
    static const auto real_write = real<ssize_t (*)(int, const void*, size_t)>("write");
    const DiskRecord record{op, file, offset, bytes};
    std::string line(reinterpret_cast<const char*>(&record), sizeof record);
    line.append(static_cast<const char*>(content), bytes);
    if (real_write(log, line.data(), line.size()) != static_cast<ssize_t>(line.size())) abort();
  }

  /// Count a change. False: it fails with errno set.
  bool change(bool may_fail) {
    ++changes;
    if (kill_at != 0 && changes == kill_at) kill(getpid(), SIGKILL);
    if (may_fail && fail_at != 0 && changes >= fail_at) {
      errno = fail_errno;
      return false;
    }
    return true;
  }
};

Shim& shim() {
  static Shim* const instance = [] {
    static Shim made;
    return &made;
  }();
  return *instance;
}

int opened(int fd, int at, const char* path, int flags, bool existed) {
  Shim& s = shim();
  if (fd < 0 || s.is_off()) return fd;
  const int kept = errno;
  const std::lock_guard lock(s.mutex);
  const std::string below = s.below(at, path);
  if (!below.empty()) {
    struct stat st {};
    fstat(fd, &st);
    const bool is_folder = S_ISDIR(st.st_mode);
    s.open[fd] = {++s.files, is_folder};
    const bool is_new = (flags & O_CREAT) != 0 && !existed;
    s.write_log(DiskOp::open, s.files, is_new ? 1 : 0, below.data(), below.size());
    if (!is_folder && (flags & O_TRUNC) != 0) {
      s.change(false);
      s.write_log(DiskOp::truncate, s.files, 0, "", 0);
    }
  }
  errno = kept;
  return fd;
}

bool exists(int at, const char* path) {
  struct stat st {};
  const int kept = errno;
  const bool is_there = fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
  errno = kept;
  return is_there;
}

/// Runs `call` on a file of the folder; `log` writes the record afterwards, of what was done.
template <typename Call, typename Log>
ssize_t on_file(int fd, Call call, Log log) {
  Shim& s = shim();
  if (s.is_off()) return call();
  const std::lock_guard lock(s.mutex);
  const auto file = s.open.find(fd);
  if (file == s.open.end()) return call();
  if (!s.change(true)) return -1;
  const ssize_t done = call();
  if (done >= 0) {
    const int kept = errno;
    log(s, file->second, done);
    errno = kept;
  }
  return done;
}

template <typename Call>
int on_paths(DiskOp op, int at, const char* path, int at_new, const char* path_new, Call call) {
  Shim& s = shim();
  if (s.is_off()) return call();
  const std::lock_guard lock(s.mutex);
  std::string text = s.below(at, path);
  if (text.empty() && op != DiskOp::link) return call();
  if (path_new != nullptr) {
    text.push_back('\0');
    text += s.below(at_new, path_new);
  }
  s.change(false);
  const int result = call();
  if (result == 0) s.write_log(op, 0, 0, text.data(), text.size());
  return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  const bool existed = exists(AT_FDCWD, path);
  static const auto next = real<int (*)(const char*, int, ...)>("open");
  return opened(next(path, flags, mode), AT_FDCWD, path, flags, existed);
}

int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  const bool existed = exists(AT_FDCWD, path);
  static const auto next = real<int (*)(const char*, int, ...)>("open64");
  return opened(next(path, flags, mode), AT_FDCWD, path, flags, existed);
}

int openat(int at, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  const bool existed = exists(at, path);
  static const auto next = real<int (*)(int, const char*, int, ...)>("openat");
  return opened(next(at, path, flags, mode), at, path, flags, existed);
}

int openat64(int at, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  const bool existed = exists(at, path);
  static const auto next = real<int (*)(int, const char*, int, ...)>("openat64");
  return opened(next(at, path, flags, mode), at, path, flags, existed);
}

int close(int fd) {
  static const auto next = real<int (*)(int)>("close");
  Shim& s = shim();
  if (!s.is_off()) {
    const std::lock_guard lock(s.mutex);
    s.open.erase(fd);
    return next(fd);
  }
  return next(fd);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
  return on_file(
      fd, [&] { return next(fd, bytes, count); },
      [&](Shim& s, const OpenFile& file, ssize_t done) {
        const off_t end = lseek(fd, 0, SEEK_CUR);
        s.write_log(DiskOp::write, file.file, static_cast<std::uint64_t>(end - done), bytes,
                    static_cast<std::uint64_t>(done));
      });
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  static const auto next = real<ssize_t (*)(int, const struct iovec*, int)>("writev");
  return on_file(
      fd, [&] { return next(fd, parts, count); },
      [&](Shim& s, const OpenFile& file, ssize_t done) {
        std::string all;
        for (int i = 0; i < count; ++i) {
          all.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
        }
        const off_t end = lseek(fd, 0, SEEK_CUR);
        s.write_log(DiskOp::write, file.file, static_cast<std::uint64_t>(end - done), all.data(),
                    static_cast<std::uint64_t>(done));
      });
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return on_file(
      fd, [&] { return next(fd, bytes, count, offset); },
      [&](Shim& s, const OpenFile& file, ssize_t done) {
        s.write_log(DiskOp::write, file.file, static_cast<std::uint64_t>(offset), bytes,
                    static_cast<std::uint64_t>(done));
      });
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return on_file(
      fd, [&] { return next(fd, bytes, count, offset); },
      [&](Shim& s, const OpenFile& file, ssize_t done) {
        s.write_log(DiskOp::write, file.file, static_cast<std::uint64_t>(offset), bytes,
                    static_cast<std::uint64_t>(done));
      });
}

int ftruncate(int fd, off_t length) {
  static const auto next = real<int (*)(int, off_t)>("ftruncate");
  return static_cast<int>(on_file(
      fd, [&] { return next(fd, length); },
      [&](Shim& s, const OpenFile& file, ssize_t) {
        s.write_log(DiskOp::truncate, file.file, static_cast<std::uint64_t>(length), "", 0);
      }));
}

int ftruncate64(int fd, off64_t length) {
  static const auto next = real<int (*)(int, off64_t)>("ftruncate64");
  return static_cast<int>(on_file(
      fd, [&] { return next(fd, length); },
      [&](Shim& s, const OpenFile& file, ssize_t) {
        s.write_log(DiskOp::truncate, file.file, static_cast<std::uint64_t>(length), "", 0);
      }));
}

int fsync(int fd) {
  static const auto next = real<int (*)(int)>("fsync");
  return static_cast<int>(on_file(
      fd, [&] { return next(fd); },
      [&](Shim& s, const OpenFile& file, ssize_t) {
        s.write_log(file.is_folder ? DiskOp::sync_folder : DiskOp::sync, file.file, 0, "", 0);
      }));
}

int fdatasync(int fd) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return static_cast<int>(on_file(
      fd, [&] { return next(fd); },
      [&](Shim& s, const OpenFile& file, ssize_t) {
        s.write_log(file.is_folder ? DiskOp::sync_folder : DiskOp::sync, file.file, 0, "", 0);
      }));
}

int rename(const char* from, const char* to) {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  return on_paths(DiskOp::rename, AT_FDCWD, from, AT_FDCWD, to, [&] { return next(from, to); });
}

int renameat(int at_from, const char* from, int at_to, const char* to) {
  static const auto next = real<int (*)(int, const char*, int, const char*)>("renameat");
  return on_paths(DiskOp::rename, at_from, from, at_to, to,
                  [&] { return next(at_from, from, at_to, to); });
}

int renameat2(int at_from, const char* from, int at_to, const char* to, unsigned int flags) {
  static const auto next =
      real<int (*)(int, const char*, int, const char*, unsigned int)>("renameat2");
  return on_paths(DiskOp::rename, at_from, from, at_to, to,
                  [&] { return next(at_from, from, at_to, to, flags); });
}

int linkat(int at_from, const char* from, int at_to, const char* to, int flags) {
  static const auto next = real<int (*)(int, const char*, int, const char*, int)>("linkat");
  return on_paths(DiskOp::link, at_from, from, at_to, to,
                  [&] { return next(at_from, from, at_to, to, flags); });
}

int unlink(const char* path) {
  static const auto next = real<int (*)(const char*)>("unlink");
  return on_paths(DiskOp::unlink, AT_FDCWD, path, AT_FDCWD, nullptr, [&] { return next(path); });
}

int unlinkat(int at, const char* path, int flags) {
  static const auto next = real<int (*)(int, const char*, int)>("unlinkat");
  return on_paths(DiskOp::unlink, at, path, AT_FDCWD, nullptr,
                  [&] { return next(at, path, flags); });
}

int mkdir(const char* path, mode_t mode) {
  static const auto next = real<int (*)(const char*, mode_t)>("mkdir");
  return on_paths(DiskOp::mkdir, AT_FDCWD, path, AT_FDCWD, nullptr,
                  [&] { return next(path, mode); });
}

int mkdirat(int at, const char* path, mode_t mode) {
  static const auto next = real<int (*)(int, const char*, mode_t)>("mkdirat");
  return on_paths(DiskOp::mkdir, at, path, AT_FDCWD, nullptr, [&] { return next(at, path, mode); });
}

}  // extern "C"
