// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What all exec steps of a worker share to start programs.
#pragma once

#include <penstock/error.h>
#include <penstock/step.h>

#include <memory>

#include "os/fd.h"
#include "os/group_guard.h"
#include "os/program.h"

namespace penstock::steps {

/// Made when the first step asks, gone with the worker's last one.
struct WorkerPrograms {
  os::Launcher launcher;
  std::unique_ptr<os::GroupGuard> guard;
  os::Fd nothing;  ///< /dev/null, to read.
};

/// Errors: system.
Result<std::shared_ptr<WorkerPrograms>> worker_programs(StepContext& context);

}  // namespace penstock::steps
