// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A layer between SQLite and the disk that gives every page of a ledger a check. It changes nothing
// else: locks, syncs and the WAL are SQLite's own.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>

namespace penstock::ledger {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kPageCheckBytes = 8;
inline constexpr std::uint32_t kApplicationId = 0x50454E53;  // "PENS"

/// Make the layer known to SQLite; the name to open a database with. Files that are not ours pass
/// through unchecked, so that they can be told apart. A page that fails is SQLITE_IOERR_DATA.
/// Threads: any.
Result<const char*> page_check_layer();

}  // namespace penstock::ledger
