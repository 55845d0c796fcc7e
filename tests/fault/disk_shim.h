// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the disk shim writes down of a program's changes to one folder. The shim is a library that
// is loaded before all others (LD_PRELOAD); it counts, logs, fails or ends the program at the n-th
// change. Settings come from the environment, since the program must not know:
//
//     PENSTOCK_SHIM_FOLDER   absolute path; changes elsewhere pass unseen
//     PENSTOCK_SHIM_KILL_AT  kill -9 this process before its n-th change, n from 1
//     PENSTOCK_SHIM_FAIL_AT  the n-th change and all after it fail ...
//     PENSTOCK_SHIM_ERRNO    ... with this errno (28: ENOSPC, 5: EIO); removing needs no space
//     PENSTOCK_SHIM_LOG      append every change to this file, and what is said on standard error
//     PENSTOCK_SHIM_COUNT    write the number of changes into this file at exit
//
//   log    := record*
//   record := op u32 | file u32 | offset u64 | bytes u64 | content (bytes of it)      (host order)
#pragma once

#include <cstdint>

namespace penstock::fault {

enum class DiskOp : std::uint32_t {
  open = 1,      // content: path below the folder. `file` names it from here on; offset 1: created.
  write = 2,     // content at offset.
  truncate = 3,  // offset: the new length.
  sync = 4,      // fsync or fdatasync of a file. content: who asked for it, as `module+offset ...`
  sync_folder = 5,  // As sync.
  rename = 6,       // content: old path, NUL, new path.
  unlink = 7,       // content: path, of a file or a folder.
  link = 8,         // content: old path, NUL, new path.
  mkdir = 9,        // content: path.
  said = 10,        // content: what was written to standard error.
};

struct DiskRecord {
  DiskOp op;
  std::uint32_t file;
  std::uint64_t offset;
  std::uint64_t bytes;
};
static_assert(sizeof(DiskRecord) == 24, "the log is read back as it was written");

}  // namespace penstock::fault
