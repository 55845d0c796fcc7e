// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The [[step]] tables: what each does comes from the catalog, what the engine makes of it is read
// here.
#pragma once

#include "catalog/setting_reader.h"
#include "catalog/step_kinds.h"
#include "job/check_names.h"
#include "job/job.h"

namespace penstock::job {

/// All steps, into job.plan.steps. REQUIRES: job.plan.limits were read, and job.source if it could.
/// What an item has behind the last step is given back: the names that outputs may use.
KnownNames read_steps(catalog::SettingReader& root, const Surroundings& surroundings, Job& job);

}  // namespace penstock::job
