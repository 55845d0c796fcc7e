// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How many programs at once, where nobody has said. Connections wait; programs compute.
#pragma once

#include "catalog/setting_reader.h"
#include "job/job.h"

namespace penstock::job {

/// A job whose steps all run programs runs one in each worker process. Where other steps stand
/// beside, those are for many calls at once: then a step that runs programs without a bound gets a
/// warning. Bounds are `concurrency` or `at_once` of [workers] or the command line, and a limit of
/// the step that has a `concurrency`.
void choose_program_slots(catalog::SettingReader& root, const Overrides& overrides, Job& job);

}  // namespace penstock::job
