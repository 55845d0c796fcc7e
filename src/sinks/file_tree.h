// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The folder that a run fills with files: paths of safe names below it, reached name by name
// without following a link. A file is complete and synced before it gets its name.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/folder.h"

namespace penstock::sinks {

/// What is here besides the files: temporary ones and the index of names.
inline constexpr std::string_view kPrivateFolder = ".penstock";

/// Errors: no_space, system; with the path. Threads: owner only. Blocks: on the disk.
class FileTree {
 public:
  /// Make `root` with the folders above it where they are missing, and remove temporary files that
  /// a crash left.
  static Result<FileTree> open(const std::string& root);

  /// The path of a file in the private folder.
  std::string private_path(std::string_view name) const;

  enum class Stands : std::uint8_t { nothing, something };

  /// What stands at a path. Folders on the way to it are made. Nothing can stand below a file or a
  /// link: then no answer.
  Result<std::optional<Stands>> look(const std::string& path);

  /// Make the folder at a path. False if a file or a link stands there.
  Result<bool> has_folder(const std::string& path);

  /// A complete file without a name, by its number.
  Result<std::uint64_t> store(std::string_view content);

  /// The same from an existing file, which is linked or copied.
  Result<std::uint64_t> store_file(const os::Folder& folder, const std::string& name);

  /// The content of stored files is on disk.
  Status sync_stored(const std::vector<std::uint64_t>& stored) const;

  /// A stored file is not needed after all.
  Status drop(std::uint64_t stored);

  /// Give a stored and synced file its place. REQUIRES: look() has answered for this path.
  Status place(std::uint64_t stored, const std::string& path);

  /// A missing one is fine.
  Status remove(const std::string& path);

  /// Names given and taken away are on disk.
  Status sync();

 private:
  FileTree(os::Folder root, os::Folder own) : root_(std::move(root)), private_(std::move(own)) {}

  Result<const os::Folder*> folder_of(const std::string& path);

  os::Folder root_;
  os::Folder private_;
  std::uint64_t stored_ = 0;
  bool root_touched_ = false;                               // Since sync().
  std::map<std::string, os::Folder, std::less<>> touched_;  // Since sync(), by path.
};

}  // namespace penstock::sinks
