// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How a run ended: the exit code, and what its summary says. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/run_place.h"
#include "engine/run.h"
#include "job/job.h"
#include "report/summary.h"

namespace penstock::cli {

enum class InputState : std::uint8_t { complete, incomplete };

/// The first that applies of: what stopped it, input incomplete, items failed, done.
ExitCode exit_code_of(const engine::Summary& summary, InputState input) noexcept;

/// `job_file` is as the user typed it, so that the commands can be copied.
report::Closing closing_of(const engine::Summary& summary, InputState input, const job::Job& job,
                           const std::string& job_file, const RunPlace& place);

}  // namespace penstock::cli
