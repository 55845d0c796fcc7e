// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// From a log of the disk shim: what a folder may look like after the power went at some moment.
// A write that was not synced may be there, be missing, or be torn; a name that was not synced with
// its folder may be missing, and everything below a folder with it. What was synced is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "disk_shim.h"

namespace penstock::fault {

struct LoggedChange {
  DiskOp op;
  std::uint32_t file;
  std::uint64_t offset;
  std::string content;
  std::string name;  ///< Of what is synced, below the logged folder; "." is that folder itself.
};

/// A file of the shim, whole.
std::vector<LoggedChange> read_disk_log(const std::filesystem::path& path);

/// Whether this sync did what it said. Tests of the tests lie here.
using Honest = std::function<bool(const LoggedChange& sync)>;

struct DiskState {
  std::map<std::string, std::string> files;  ///< Content by path below the folder.
  std::set<std::string> folders;             ///< Those that were made and are there.
  std::string acknowledged;  ///< What had been written to `acks` by then, synced or not.
  std::string said;          ///< What had been written to standard error by then.

  void write_to(const std::filesystem::path& folder) const;
};

/// The folder after the power went behind the first `changes` of the log; `seed` decides about
/// everything that was not synced.
DiskState state_after(const std::vector<LoggedChange>& log, std::size_t changes, std::uint64_t seed,
                      const Honest& honest);

}  // namespace penstock::fault
