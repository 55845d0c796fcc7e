// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Counts a ledger again from its rows and names what does not fit. It repairs nothing.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger_reader.h>

#include <filesystem>

#include "ledger/sqlite.h"

namespace penstock::ledger {

/// Damage is an entry in `problems`, not an error, as long as rows can be read at all.
/// Memory: bounded; large sorts go to temporary files. REQUIRES: a snapshot.
Result<LedgerCheck> check_ledger(Database& database, const std::filesystem::path& folder);

}  // namespace penstock::ledger
