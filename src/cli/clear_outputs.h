// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What --fresh takes away: what earlier runs of a job wrote where it writes now.
#pragma once

#include <penstock/error.h>

#include "cli/run_place.h"
#include "job/job.h"

namespace penstock::cli {

/// Remove the job's output files; of an SQLite file the one table; of a folder of files those that
/// this run's ledger says it has written. What somebody else put beside them stays.
/// REQUIRES: the user has agreed, and no engine runs. Errors: system, corrupt, no_space.
Status clear_outputs(const job::Job& job, const RunPlace& place);

}  // namespace penstock::cli
