// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a worker process does from its birth to its exit.
#pragma once

#include <penstock/step.h>
#include <sys/types.h>

#include <cstdint>

#include "os/fd.h"

namespace penstock::executors {

/// What a worker is born with. Everything else that was open is closed.
struct WorkerBirth {
  const StepSet& steps;
  std::uint32_t index = 0;
  pid_t engine = 0;  ///< The parent: the worker dies with it.
  os::Fd socket;
  os::Fd page;
};

/// Exit statuses of a worker that ends by itself. Documented for people who look at `ps` and logs.
enum class WorkerExit : int {
  stopped = 0,    ///< It was told to, or the engine has gone.
  no_start = 70,  ///< Its steps could not be made.
  bad_wire = 71,  ///< What the engine sent could not be read.
};

/// Serve until told to stop. REQUIRES: the only thread of a process that was forked for this.
[[noreturn]] void worker_main(WorkerBirth birth);

}  // namespace penstock::executors
