// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A Drive over worker processes, with a zygote of its own.
#pragma once

#include <csignal>
#include <utility>

#include "executors/test_drive.h"

namespace penstock::executors {

class ProcessDrive : public Drive {
 public:
  explicit ProcessDrive(ExecutorOptions options, StepSet steps = {std::make_shared<VerbStep>()})
      : Drive([&](os::EpollWaker& waker) {
          auto zygote = start_zygote(std::move(steps));
          EXPECT_TRUE(zygote) << zygote.error().message;
          auto executor = make_process_executor(std::move(*zygote), std::move(options), waker);
          EXPECT_TRUE(executor) << executor.error().message;
          return std::move(*executor);
        }) {}

  /// Wait until every worker has a process.
  bool wait_for_workers() {
    return run_until([this] {
      for (const WorkerState& state : executor().workers()) {
        if (state.pid == 0) return false;
      }
      return true;
    });
  }

  /// Send a signal to a worker that is ready. Never to "process 0", which would be our group.
  void signal_worker(std::size_t index, int signal) {
    ASSERT_TRUE(wait_for_workers());
    const auto pid = static_cast<pid_t>(worker(index).pid);
    ASSERT_GT(pid, 0);
    ASSERT_EQ(::kill(pid, signal), 0);
  }

  WorkerState worker(std::size_t index = 0) { return executor().workers()[index]; }
};

}  // namespace penstock::executors
