// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One slot of the worker holds it.
#include "steps/worker_programs.h"

#include <utility>

#include "os/program_run.h"

namespace penstock::steps {

Result<std::shared_ptr<WorkerPrograms>> worker_programs(StepContext& context) {
  std::shared_ptr<void>& slot = context.shared("programs");
  if (slot == nullptr) {
    auto made = std::make_shared<WorkerPrograms>();
    PENSTOCK_TRY(guard, os::GroupGuard::start());
    made->guard = std::move(guard);
    PENSTOCK_TRY(nothing, os::open_nothing());
    made->nothing = std::move(nothing);
    slot = std::move(made);
  }
  return std::static_pointer_cast<WorkerPrograms>(slot);
}

}  // namespace penstock::steps
