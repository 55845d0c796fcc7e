// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Verdicts that shall stand no more, as SQL over a whole ledger. When the transaction begins and
// ends is the caller's business.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger_editor.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "ledger/rematch.h"
#include "ledger/sqlite.h"
#include "ledger/standing.h"

namespace penstock::ledger {

/// Which failures are meant. Made once, asked twice: to count them, and to take them back.
/// Fills the temporary table `chosen(seq)`; how many there are.
Result<std::uint64_t> choose_failures(Database& database, const FailureSelection& selection);

/// The items of `chosen` are pending again, in queue "". REQUIRES: choose_failures(), a
/// transaction.
Status reopen_chosen(Database& database, Standing& standing);

/// The first number of the items of this step, or of one that comes so much later.
constexpr std::uint64_t first_of(StepIndex step, unsigned later = 0) noexcept {
  return (std::uint64_t{static_cast<std::uint8_t>(step)} + later) << ItemId::kSequenceBits;
}

/// Every standing verdict that the condition is true of stands no more. REQUIRES: a transaction.
Status take_back(Database& database, const std::string& condition, Standing& standing);

/// Outputs are written anew when the run goes on. REQUIRES: a transaction.
Status rewrite_sinks(Database& database);

Result<ForgetCounts> count_forgotten(Database& database, StepIndex step);

/// REQUIRES: a transaction.
Status forget_step(Database& database, StepIndex step, Standing& standing);

/// The source is another one from here on. REQUIRES: match() was called; a transaction.
Status begin_generation(Database& database, Rematch& match, Standing& standing);

}  // namespace penstock::ledger
