// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A private folder for as long as this object lives: its name cannot be guessed.
#pragma once

#include <penstock/error.h>

#include <filesystem>
#include <utility>

namespace penstock::os {

/// Made with 0700 and removed with all that is in it. Threads: owner only. Blocks: on the disk.
class TempFolder {
 public:
  /// Make one in `parent`. Errors: system, no_space.
  static Result<TempFolder> create(const std::filesystem::path& parent);
  TempFolder(TempFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempFolder& operator=(TempFolder&&) = delete;
  ~TempFolder();

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit TempFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace penstock::os
