// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What has changed since the run last went on: steps, whose answers would no longer be right, and
// the source, whose items may stand elsewhere now. It says what it does before it does it.
#pragma once

#include <penstock/error.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/counted_source.h"
#include "cli/run_place.h"
#include "job/job.h"

namespace penstock::cli {

/// Whether answers of changed steps may be thrown away.
enum class RedoWish : std::uint8_t { refuse, redo };

/// What the next start compares the job with: for Ledger::put_note().
std::map<std::string, std::string> job_notes(const job::Job& job);

/// The first step that is not what these notes say; nothing if all are. A step that was added
/// behind the last, or taken away from there, changes the one before it: its rows were results.
std::optional<std::size_t> first_changed_step(const job::Job& job,
                                              const std::map<std::string, std::string>& notes);

/// Make the ledger fit the job, before an engine opens it, and count the source where that is
/// cheap or needed. A run without a ledger is fine.
/// Errors: rejected "job.changed" (a step has changed, and nobody said --redo), what sources and
/// ledgers say. Blocks: as long as reading the source takes.
Result<SourceCount> fit_ledger_to_job(const job::Job& job, const RunPlace& place, RedoWish wish,
                                      const std::function<void(std::string_view)>& say);

}  // namespace penstock::cli
