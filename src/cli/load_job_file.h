// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// From the path of a job file to a job, with every problem said on the console.
#pragma once

#include <filesystem>
#include <optional>

#include "cli/console.h"
#include "job/job.h"

namespace penstock::cli {

/// The job, or nothing and one line a problem on err.
std::optional<job::Job> load_job_file(const std::filesystem::path& file,
                                      const job::Overrides& overrides, Console& console);

}  // namespace penstock::cli
