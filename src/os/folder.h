// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A folder by descriptor: names are looked up in it, not in a path that may change meanwhile.
#pragma once

#include <penstock/error.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/fd.h"
#include "os/file.h"

namespace penstock::os {

/// An open folder. Names are single path parts: "/", "." and ".." are refused (kind "name.unsafe"),
/// so that a hostile name cannot leave it.
///
/// Errors of all members: no_space, else system, with the path in the message.
/// Threads: any. Blocks: on the disk.
class Folder {
 public:
  /// Errors: invalid "file.missing", system.
  static Result<Folder> open(const std::filesystem::path& path);

  /// Make the folder (0700) where it is missing; its parent must exist.
  static Result<Folder> open_or_create(const std::filesystem::path& path);

  Result<Folder> open_or_create_folder(const std::string& name) const;
  Result<File> open_file(const std::string& name, FileMode mode) const;  // Errors: File::open().
  Result<std::vector<std::string>> names() const;                        // Sorted, without . and ..
  Status rename(const std::string& from, const std::string& to) const;
  Status remove_file(const std::string& name) const;  // A missing one is fine.

  /// What stands at this name, of a symbolic link the link itself; nothing if the name is free.
  Result<std::optional<FileState>> state_of(const std::string& name) const;

  /// Move a file into a folder on the same disk, in place of a file that stands there.
  Status move(const std::string& from, const Folder& to, const std::string& name) const;

  /// Give a file of another folder a second name here. False if that cannot be: it is on another
  /// disk, or the disk has no links.
  Result<bool> link(const std::string& name, const Folder& from, const std::string& existing) const;

  /// Names made, renamed and removed here are on disk.
  Status sync() const;

  int fd() const noexcept { return fd_.get(); }
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  Folder(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Fd fd_;
  std::filesystem::path path_;
};

}  // namespace penstock::os
