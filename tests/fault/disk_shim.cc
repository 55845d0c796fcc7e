// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The shim itself: libc's calls that change files, each first counted and then passed on. It never
// allocates inside a call of its own mutex holder's malloc and never changes errno on success.
#include "disk_shim.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
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
    while (full.size() > folder.size() && full.back() == '/') full.pop_back();
    if (full.size() == folder.size()) return ".";
    if (full[folder.size()] != '/') return {};  // A neighbour whose name begins alike.
    full.erase(0, folder.size() + 1);
    return without_dots(std::move(full));
  }

  static std::string without_dots(std::string path) {
    for (auto at = path.find("/./"); at != path.npos; at = path.find("/./")) path.erase(at, 2);
    if (path.size() > 2 && path.compare(path.size() - 2, 2, "/.") == 0)
      path.resize(path.size() - 2);
    return path;
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
  bool change(bool needs_space = true) {
    ++changes;
    if (kill_at != 0 && changes == kill_at) kill(getpid(), SIGKILL);
    const bool may_fail = needs_space || (fail_errno != ENOSPC && fail_errno != EDQUOT);
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

bool exists(int at, const char* path) {
  struct stat st {};
  const int kept = errno;
  const bool is_there = fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
  errno = kept;
  return is_there;
}

/// What is opened in the folder is known by its descriptor from here on. A new file is a change.
template <typename Call>
int on_open(int at, const char* path, int flags, Call call) {
  Shim& s = shim();
  if (s.is_off()) return call();
  const std::lock_guard lock(s.mutex);
  const std::string below = s.below(at, path);
  if (below.empty()) return call();
  const bool is_new = (flags & O_CREAT) != 0 && !exists(at, path);
  if ((is_new || (flags & O_TRUNC) != 0) && !s.change()) return -1;
  const int fd = call();
  if (fd < 0) return fd;
  struct stat st {};
  fstat(fd, &st);
  s.open[fd] = {++s.files, S_ISDIR(st.st_mode)};
  s.write_log(DiskOp::open, s.files, is_new ? 1 : 0, below.data(), below.size());
  if ((flags & O_TRUNC) != 0) s.write_log(DiskOp::truncate, s.files, 0, "", 0);
  return fd;
}

/// Who asked for a sync: the two callers nearest to it, wherever their modules were loaded.
std::string callers() {
  std::array<void*, 12> frames;
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  const void* own_module = nullptr;
  std::string text;
  int found = 0;
  for (int i = 0; i < count && found < 2; ++i) {
    Dl_info module{};
    char* const frame = static_cast<char*>(frames[static_cast<std::size_t>(i)]);
    if (dladdr(frame, &module) == 0) break;
    if (own_module == nullptr) own_module = module.dli_fbase;
    if (module.dli_fbase == own_module) continue;
    char place[32];
    const char* const slash = strrchr(module.dli_fname, '/');
    snprintf(place, sizeof place, "+%lx ",
             static_cast<unsigned long>(frame - static_cast<char*>(module.dli_fbase)));
    text += slash == nullptr ? module.dli_fname : slash + 1;
    text += place;
    ++found;
  }
  return text;
}

/// Runs `call` on a file of the folder; `log` writes the record afterwards, of what was done.
template <typename Call, typename Log>
ssize_t on_file(int fd, Call call, Log log) {
  Shim& s = shim();
  if (s.is_off()) return call();
  const std::lock_guard lock(s.mutex);
  const auto file = s.open.find(fd);
  if (file == s.open.end()) return call();
  if (!s.change()) return -1;
  const ssize_t done = call();
  if (done >= 0) {
    const int kept = errno;
    log(s, file->second, done);
    errno = kept;
  }
  return done;
}

template <typename Call>
int on_sync(int fd, Call call) {
  return static_cast<int>(on_file(fd, call, [](Shim& s, const OpenFile& file, ssize_t) {
    if (s.log < 0) return;
    const std::string who = callers();
    s.write_log(file.is_folder ? DiskOp::sync_folder : DiskOp::sync, file.file, 0, who.data(),
                who.size());
  }));
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
  if (!s.change(op != DiskOp::unlink)) return -1;
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
  static const auto next = real<int (*)(const char*, int, ...)>("open");
  return on_open(AT_FDCWD, path, flags, [&] { return next(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  static const auto next = real<int (*)(const char*, int, ...)>("open64");
  return on_open(AT_FDCWD, path, flags, [&] { return next(path, flags, mode); });
}

int openat(int at, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  static const auto next = real<int (*)(int, const char*, int, ...)>("openat");
  return on_open(at, path, flags, [&] { return next(at, path, flags, mode); });
}

int openat64(int at, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  static const auto next = real<int (*)(int, const char*, int, ...)>("openat64");
  return on_open(at, path, flags, [&] { return next(at, path, flags, mode); });
}

// What hardened builds call when there is no mode.
int __open_2(const char* path, int flags) { return open(path, flags, 0); }
int __open64_2(const char* path, int flags) { return open64(path, flags, 0); }
int __openat_2(int at, const char* path, int flags) { return openat(at, path, flags, 0); }
int __openat64_2(int at, const char* path, int flags) { return openat64(at, path, flags, 0); }

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
  Shim& said = shim();
  if (fd == STDERR_FILENO && !said.is_off()) {
    const std::lock_guard lock(said.mutex);
    said.write_log(DiskOp::said, 0, 0, bytes, count);
  }
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
  return on_sync(fd, [&] { return next(fd); });
}

int fdatasync(int fd) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return on_sync(fd, [&] { return next(fd); });
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

int rmdir(const char* path) {
  static const auto next = real<int (*)(const char*)>("rmdir");
  return on_paths(DiskOp::unlink, AT_FDCWD, path, AT_FDCWD, nullptr, [&] { return next(path); });
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
