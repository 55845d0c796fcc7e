// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Notices that somebody has removed, replaced or cut the files of a living ledger.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "os/file.h"

namespace penstock::ledger {

/// Looks by name and never opens: closing a descriptor would drop SQLite's own locks.
/// Threads: one. Blocks: on the disk.
class FileGuard {
 public:
  enum class Growth : std::uint8_t {
    only_grows,
    free,  ///< Its writer may cut it.
  };

  /// From now on this file is the one that it is now; one that is missing may still come.
  Status watch(std::filesystem::path path, Growth growth);

  /// Errors: corrupt "ledger.replaced"; system.
  Status check();

 private:
  struct Watched {
    std::filesystem::path path;
    Growth growth;
    std::optional<os::FileState> state;
  };

  std::vector<Watched> files_;
};

}  // namespace penstock::ledger
