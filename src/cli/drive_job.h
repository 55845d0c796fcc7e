// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One engine over one job, from the first word on the console to the last.
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/live_display.h"
#include "cli/run_place.h"
#include "cli/run_session.h"
#include "job/job.h"

namespace penstock::cli {

/// Run the job, show it, and say how it ended, also what went wrong. `job_file` is as the user
/// typed it.
ExitCode drive_job(const job::Job& job, const std::string& job_file, const RunPlace& place,
                   const SessionOptions& options, DisplayMode mode, Console& console);

}  // namespace penstock::cli
