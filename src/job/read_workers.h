// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The [workers] and [run] tables, and what the command line puts above them.
#pragma once

#include "catalog/setting_reader.h"
#include "job/job.h"

namespace penstock::job {

/// Processes, concurrency, recycling: into job.plan and job.executor.
///
///     [workers]
///     processes   = 4
///     concurrency = 500                          # calls in flight per process
///     at_once     = 1000                         # cap over all
///     recycle     = { calls = 10000, memory = "1GiB" }
///     hang        = "60s"
///     distribute  = "static"                     # one range of the input a worker
void read_workers(catalog::SettingReader& root, const Overrides& overrides,
                  const Surroundings& surroundings, Job& job);

/// When the run gives up, and the order of its results.
///
///     [run]
///     stop_after_failures = 100                  # or "5%"
///     keep_order          = true
void read_run(catalog::SettingReader& root, const Overrides& overrides, Job& job);

/// "100" or "5%"; "none" is never. Errors: invalid.
Result<engine::FailureBudget> parse_failure_budget(std::string_view text);

}  // namespace penstock::job
