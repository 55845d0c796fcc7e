// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The keys of an `exec` step.
#pragma once

#include <optional>

#include "catalog/step_kinds.h"

namespace penstock::catalog {

/// `exec = ["program", "{field}", ...]`, with its keys beside it in the step.
std::optional<StepSpec> read_exec_step(SettingReader& step, const StepSite& site);

}  // namespace penstock::catalog
