// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Another step comes behind the last one, or the steps behind one go: results become parents, and
// parents results. What was stored is not asked for again. When the transaction begins and ends is
// the caller's business.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger_editor.h>

#include <cstdint>

#include "ledger/sqlite.h"
#include "ledger/standing.h"

namespace penstock::ledger {

/// Which results of `last` can be the input of a step behind it, and which cannot. Made once, asked
/// twice: to count them, and to extend. Fills the temporary tables `lost(seq)`, the items that run
/// again, and `chain(seq)`, all verdicts that go with them.
Result<ExtensionCounts> choose_extension(Database& database, StepIndex last);

/// REQUIRES: choose_extension(), a transaction.
Status extend_behind(Database& database, StepIndex last, Standing& standing);

/// Verdicts of the steps behind `last`.
Result<std::uint64_t> count_behind(Database& database, StepIndex last);

/// REQUIRES: a transaction.
Status drop_behind(Database& database, StepIndex last, Standing& standing);

}  // namespace penstock::ledger
