// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A plan in words. Pure, but for asking the source how many items it has.
#pragma once

#include <string>

#include "job/job.h"
#include "report/style.h"

namespace penstock::cli {

/// Several lines: input, steps with their limits, concurrency, rate, what binds, disk, crashes.
std::string explain_text(const job::Job& job, const report::Style& style);

/// "10/s, 2 in flight per host, 1.5s between starts per host"; "nothing" for a limit without rules.
std::string limit_words(const LimitOptions& limit);

}  // namespace penstock::cli
