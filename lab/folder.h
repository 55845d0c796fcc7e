// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A folder served read-only: targets to files that lie inside it, types, contents. It never
// follows a path or a link out of the folder.
#pragma once

#include <penstock/error.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace penstock::lab {

/// The Content-Type by the ending of a name; application/octet-stream if unknown.
[[nodiscard]] std::string_view content_type(std::string_view path) noexcept;

/// Threads: any. Files are read once and kept: the folder is taken as constant while served.
class Folder {
 public:
  using Content = std::shared_ptr<const std::string>;

  struct File {
    std::string path;  ///< Relative, with '/'; names the type.
    Content content;
  };

  /// Errors: invalid, if `root` is no folder.
  static Result<std::unique_ptr<Folder>> open(const std::filesystem::path& root);

  /// The file at a decoded path; of a folder its index.html. Empty content: there is none.
  [[nodiscard]] File find(std::string_view path);

  /// Up to `files_max` relative paths of HTML and text files, sorted by byte.
  [[nodiscard]] std::vector<std::string> pages(std::size_t files_max) const;

  /// The bytes of a file by relative path, not kept. Empty if it cannot be read.
  [[nodiscard]] std::string read(const std::string& path) const;

 private:
  explicit Folder(std::filesystem::path root) : root_(std::move(root)) {}
  [[nodiscard]] std::filesystem::path resolve(std::string_view path) const;

  std::filesystem::path root_;  // Canonical.
  std::mutex mutex_;
  std::unordered_map<std::string, File> kept_;  // Guarded by mutex_. By path as asked for.
  std::size_t kept_bytes_ = 0;                  // Guarded by mutex_.
};

}  // namespace penstock::lab
