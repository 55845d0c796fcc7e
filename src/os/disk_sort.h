// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sorts any number of small records in bounded memory: sorted runs in a temporary file that nobody
// else can see, merged while they are read.
#pragma once

#include <penstock/error.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace penstock::os {

/// Calls: add* finish next*
///
/// Memory: `memory_bytes`. Disk: 40 bytes a record, none if all fit into memory.
/// Errors of all members: no_space, system. Threads: one. Blocks: on the disk.
class DiskSort {
 public:
  using Record = std::array<std::uint64_t, 5>;  ///< Ordered by its words, the first one first.

  /// At most this many runs are merged at a time; more are first merged into longer ones.
  static constexpr std::size_t kRunsMax = 256;

  /// `path` is where its file stands for the moment in which it has a name: no two at a time.
  DiskSort(std::filesystem::path path, std::size_t memory_bytes);
  DiskSort(DiskSort&&) noexcept;
  DiskSort& operator=(DiskSort&&) noexcept;
  ~DiskSort();

  Status add(const Record& record);

  /// Nothing more is added.
  Status finish();

  /// The smallest that was not given yet; nothing behind the last.
  Result<std::optional<Record>> next();

  std::uint64_t size() const noexcept { return size_; }

 private:
  class Merge;
  struct Runs;

  Status spill();
  Status shorten();

  std::filesystem::path path_;
  std::size_t records_max_;
  std::vector<Record> records_;  // Not yet in a run; after finish(), what is given from.
  std::size_t given_ = 0;
  std::uint64_t size_ = 0;
  std::unique_ptr<Runs> runs_;
  std::unique_ptr<Merge> merge_;
};

}  // namespace penstock::os
