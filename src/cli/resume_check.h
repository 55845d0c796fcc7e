// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What has changed since the run last went on: steps, whose answers would no longer be right, and
// the source, whose items may stand elsewhere now. It says what it does before it does it.
#pragma once

#include <penstock/error.h>

#include <functional>
#include <string_view>

#include "cli/counted_source.h"
#include "cli/run_place.h"
#include "cli/step_check.h"
#include "job/job.h"

namespace penstock::cli {

/// Make the ledger fit the job, before an engine opens it, and count the source where that is
/// cheap or needed. A run without a ledger is fine.
/// Errors: rejected "job.changed" (as fit_steps()), what sources and ledgers say. Blocks: as long
/// as reading the source takes.
Result<SourceCount> fit_ledger_to_job(const job::Job& job, const RunPlace& place, RedoWish wish,
                                      const std::function<void(std::string_view)>& say);

}  // namespace penstock::cli
