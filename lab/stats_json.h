// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The counts as JSON, for GET /stats and --stats-file.
#pragma once

#include "limits.h"
#include "stats.h"

#include <optional>
#include <string>

namespace penstock::lab {

/// Shape: docs/manual/lab.md, "Counts". Judges arrivals, hence not const.
[[nodiscard]] std::string render_stats(Stats& stats, const Limiter& limiter,
                                       std::optional<std::uint64_t> quota_left);

}  // namespace penstock::lab
