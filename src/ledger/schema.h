// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The tables of a ledger: how a new file comes to be, and which files are refused.
// docs/formats/ledger.md says what they mean; schema_test.cc compares the two texts.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "ledger/sqlite.h"

namespace penstock::ledger {

inline constexpr std::int64_t kFormat = 1;
inline constexpr std::string_view kDatabaseName = "ledger.db";
inline constexpr std::string_view kLockName = "ledger.lock";

struct SchemaObject {
  std::string_view name;
  std::string_view sql;  ///< As SQLite stores it.
};

/// What every ledger has.
std::span<const SchemaObject> required_objects() noexcept;

/// What a ledger may have: the indexes of the source order.
std::span<const SchemaObject> optional_objects() noexcept;

/// Make `folder`/ledger.db, whole or not at all. REQUIRES: the lock is held, and there is none.
/// Errors: no_space, system. Blocks: two syncs.
Status create_database(const std::filesystem::path& folder, std::int64_t created_ms);

/// Whether there is a ledger in this folder. Errors: invalid "ledger.missing", system.
Status find_database(const std::filesystem::path& folder);

/// Errors: rejected "ledger.foreign" (not one of ours), "ledger.newer"; corrupt; system.
Status check_database(Database& database);

}  // namespace penstock::ledger
