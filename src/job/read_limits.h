// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The [limit.NAME] tables of a job file.
#pragma once

#include <penstock/limit.h>
#include <penstock/retry.h>

#include <vector>

#include "catalog/setting_reader.h"

namespace penstock::job {

/// All limits of `[limit]`, in the order of the file.
///
///     [limit.pages]
///     rate        = ["10/s", "2/s per host"]
///     concurrency = "2 per host"              # 8, "auto", or a list
///     spacing     = "1.5s per host"
///     [limit.pages.for."export.arxiv.org"]
///     spacing     = "3s"
std::vector<LimitOptions> read_limits(catalog::SettingReader& root);

/// `retry = { attempts = 5, max_wait = "60s" }` of a step; defaults where nothing is said.
RetryOptions read_retry(catalog::SettingReader& step);

}  // namespace penstock::job
