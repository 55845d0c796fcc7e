// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What engines make in a run's folder, by name: all that may be removed from it, and how to tell a
// run's folder from somebody else's.
#pragma once

#include <penstock/error.h>

#include "cli/run_place.h"
#include "job/job.h"

namespace penstock::cli {

/// Refuse a folder that holds what no run makes, or the job file itself.
/// Errors: invalid "run.foreign".
Status check_is_free_for_run(const job::Job& job, const RunPlace& place);

/// Delete the record of a run, and its folder if nothing else is in it.
/// REQUIRES: its lock is held. Errors: system, naming the path.
Status remove_record(const RunPlace& place);

}  // namespace penstock::cli
