// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A body that goes to disk: under a temporary name until it is complete and synced.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>

#include <memory>
#include <string>

#include "os/file.h"

namespace penstock::steps {

/// Protocol: open ((keep | ~BodyFile))
///
/// Names follow from the item, so what a crash left is overwritten by the next attempt. Without
/// keep() the file is removed. Threads: one at a time.
class BodyFile {
 public:
  /// Errors: no_space, system.
  static Result<std::unique_ptr<BodyFile>> open(const std::string& folder, ItemId item);
  ~BodyFile();
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;

  int fd() const noexcept { return file_.fd(); }

  /// Where the body is after keep().
  const std::string& path() const noexcept { return path_; }

  /// Sync it and give it its name, both durable. Blocks: on the disk. Errors: no_space, system.
  Status keep();

 private:
  BodyFile(os::File file, std::string folder, std::string path)
      : file_(std::move(file)), folder_(std::move(folder)), path_(std::move(path)) {}

  os::File file_;
  std::string folder_;
  std::string path_;
  bool kept_ = false;
};

}  // namespace penstock::steps
