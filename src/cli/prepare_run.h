// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What has to be right before an engine starts: enough descriptors, the folder of the run, and
// nothing of an earlier run in the way of a fresh one.
#pragma once

#include <penstock/error.h>

#include "cli/command_line.h"
#include "cli/console.h"
#include "cli/run_place.h"
#include "job/job.h"

namespace penstock::cli {

/// Whether to begin anew.
enum class FreshWish : std::uint8_t { no, ask, yes };

/// What --fresh and --yes said.
FreshWish fresh_wish(const Arguments& arguments);

/// False: the user said no, or nobody could be asked; a line on err said so.
/// Errors: invalid "limit.descriptors" (so much concurrency cannot fit), "run.foreign" (the folder
/// is no run's); rejected "lock.held" (an engine is at work there); system, no_space.
Result<bool> prepare_run(const job::Job& job, const RunPlace& place, FreshWish fresh,
                         Console& console);

/// As many descriptors as the plan needs, or the reason why not: one line with all figures.
/// Errors: invalid "limit.descriptors".
Status raise_descriptors(const engine::Plan& plan);

}  // namespace penstock::cli
