// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Who is to blame for a dead worker: a pure function of how it ended and what it had marked.
#pragma once

#include <penstock/executor.h>
#include <penstock/time.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "executors/hang_watch.h"
#include "os/child.h"

namespace penstock::executors {

/// A call that was with the worker when it ended.
struct OpenCall {
  CallId id{};
  std::size_t items = 0;
  bool alone = false;
};

/// All that is known about the end of a worker.
struct WorkerEnd {
  std::uint32_t worker = 0;
  pid_t pid = 0;
  os::ChildEnd how{};
  Hung hung = Hung::no;  ///< We killed it, because this thread hung.
  Duration hang_limit{};
  std::optional<CallId> loop_call{};     ///< Marked on its loop thread.
  std::optional<CallId> compute_call{};  ///< Marked on its compute thread.
};

/// One finished call for each open one: the marked ones `failed`, the others `returned`.
///
/// After a hang only the mark of the thread that hung counts. When no open call is marked, one that
/// was alone is blamed; others come back with kind "crash.unmarked", so that they can be divided.
std::vector<FinishedCall> blame(const WorkerEnd& end, const std::vector<OpenCall>& open);

/// The call comes back, and nobody is to blame.
FinishedCall give_back(const OpenCall& call);

/// "worker 3 (process 4711) was killed by SIGSEGV".
std::string describe(const WorkerEnd& end);

}  // namespace penstock::executors
