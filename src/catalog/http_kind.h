// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The keys of an `http` step.
#pragma once

#include <optional>

#include "catalog/step_kinds.h"

namespace penstock::catalog {

/// `http = "https://..."` with its keys beside it in the step, or `http = { url = ..., ... }` with
/// its keys inside.
std::optional<StepSpec> read_http_step(SettingReader& step, const StepSite& site);

}  // namespace penstock::catalog
