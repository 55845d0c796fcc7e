// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Everything by *at() calls, so that a renamed parent cannot lead elsewhere.
#include "os/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr mode_t kOwnerOnly = 0700;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

bool is_safe(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

Error unsafe(const std::string& name) {
  return Error{.code = Errc::rejected,
               .message = "use '" + name + "' as a file name: it could leave its folder",
               .kind = "name.unsafe"};
}

}  // namespace

Result<Folder> Folder::open(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), kFolderFlags));
  if (fd) return Folder(std::move(fd), path);
  Error error = system_error("open", path.native());
  if (errno == ENOENT) {
    error.code = Errc::invalid;
    error.kind = kFileMissing;
  }
  return error;
}

Result<Folder> Folder::open_or_create(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), kOwnerOnly) != 0 && errno != EEXIST) {
    return system_error("create", path.native());
  }
  return open(path);
}

Result<Folder> Folder::open_or_create_folder(const std::string& name) const {
  if (!is_safe(name)) return unsafe(name);
  if (::mkdirat(fd_.get(), name.c_str(), kOwnerOnly) != 0 && errno != EEXIST) {
    return system_error("create", (path_ / name).native());
  }
  Fd fd(::openat(fd_.get(), name.c_str(), kFolderFlags | O_NOFOLLOW));
  if (!fd) return system_error("open", (path_ / name).native());
  return Folder(std::move(fd), path_ / name);
}

Result<File> Folder::open_file(const std::string& name, FileMode mode) const {
  if (!is_safe(name)) return unsafe(name);
  return File::open_in(fd_.get(), name, (path_ / name).native(), mode);
}

Result<std::vector<std::string>> Folder::names() const {
  Fd again(::openat(fd_.get(), ".", kFolderFlags));
  if (!again) return system_error("open", path_.native());
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again.get()), &::closedir);
  if (!stream) return system_error("list", path_.native());
  (void)again.release();  // closedir() closes it.

  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return system_error("list", path_.native());
  std::sort(names.begin(), names.end());
  return names;
}

Status Folder::rename(const std::string& from, const std::string& to) const {
  if (!is_safe(from)) return unsafe(from);
  if (!is_safe(to)) return unsafe(to);
  if (::renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0) {
    return system_error("rename", (path_ / to).native());
  }
  return ok();
}

Status Folder::remove_file(const std::string& name) const {
  if (!is_safe(name)) return unsafe(name);
  if (::unlinkat(fd_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
    return system_error("remove", (path_ / name).native());
  }
  return ok();
}

Result<std::optional<FileState>> Folder::state_of(const std::string& name) const {
  if (!is_safe(name)) return unsafe(name);
  struct stat found {};
  if (::fstatat(fd_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::optional<FileState>();
    return system_error("stat", (path_ / name).native());
  }
  return std::optional(FileState{.size_bytes = static_cast<std::uint64_t>(found.st_size),
                                 .inode = found.st_ino,
                                 .device = found.st_dev,
                                 .links = found.st_nlink});
}

Status Folder::move(const std::string& from, const Folder& to, const std::string& name) const {
  if (!is_safe(from)) return unsafe(from);
  if (!is_safe(name)) return unsafe(name);
  if (::renameat(fd_.get(), from.c_str(), to.fd_.get(), name.c_str()) != 0) {
    return system_error("rename", (to.path_ / name).native());
  }
  return ok();
}

Result<bool> Folder::link(const std::string& name, const Folder& from,
                          const std::string& existing) const {
  if (!is_safe(name)) return unsafe(name);
  if (!is_safe(existing)) return unsafe(existing);
  if (::linkat(from.fd_.get(), existing.c_str(), fd_.get(), name.c_str(), 0) == 0) return true;
  if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP) return false;
  return system_error("link", (path_ / name).native());
}

Status Folder::sync() const {
  if (::fsync(fd_.get()) != 0) return system_error("sync", path_.native());
  return ok();
}

}  // namespace penstock::os
