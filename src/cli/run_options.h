// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Options that `run`, `retry`, `explain` and others share, and what they mean for a job.
#pragma once

#include <penstock/error.h>

#include <vector>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/live_display.h"
#include "job/job.h"

namespace penstock::cli {

/// Options that change a plan: --workers, --concurrency, --at-once, --rate, --limit,
/// --keep-order, --keep-going, --stop-after-failures.
std::vector<Option> plan_options();

/// Options of everything that shows progress: --json, --quiet.
std::vector<Option> display_options();

/// What plan_options() said. Errors: invalid, naming the option.
Result<job::Overrides> read_overrides(const Arguments& arguments);

/// What display_options() said, and what err is.
DisplayMode display_mode(const Arguments& arguments, const Console& console);

}  // namespace penstock::cli
