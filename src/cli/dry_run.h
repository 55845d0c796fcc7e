// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a run would send first. It reads the input, and sends and writes nothing.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <string>

#include "job/job.h"

namespace penstock::cli {

/// The first `items_max` items of the input, each with the request of the first step, as text for
/// people; secrets are shown as ***.
/// Errors: invalid (a pipe would be used up), as Source::read().
Result<std::string> dry_run_text(const job::Job& job, std::size_t items_max);

}  // namespace penstock::cli
