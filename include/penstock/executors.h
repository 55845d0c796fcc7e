// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The executors: in this process, or in worker processes that may crash and hang.
#pragma once

#include <penstock/error.h>
#include <penstock/executor.h>
#include <penstock/step.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace penstock {

namespace os {
class EpollWaker;
}

enum class Prefetch : std::uint8_t {
  none,
  short_calls,  ///< As many as a worker finishes in 50 ms, and at most its concurrency.
};

struct ExecutorOptions {
  // Behaviour.
  std::size_t workers = 0;       ///< Processes. 0: one a usable processor. More: only for crashes.
  std::size_t concurrency = 64;  ///< Calls in flight a worker. More: slow services; fewer: memory.

  /// How long a worker may run step code without coming back to its loop, and one computation may
  /// take. It is then killed. Raise it for steps that compute for minutes. >= 10 ms.
  std::chrono::milliseconds hang_limit{60'000};

  int start_failures = 5;    ///< Workers in a row that die while starting, before the run stops.
  std::string files_folder;  ///< Absolute; where steps put bodies that do not fit in memory.

  /// Whether short calls may wait in a worker, which else idles until the engine has heard of the
  /// last ones and answered. Never for calls that hold permits, or are paid: they would wait, too.
  Prefetch prefetch = Prefetch::none;

  // Against steps that leak.
  std::uint64_t recycle_calls = 0;      ///< Replace a worker after so many calls. 0: never.
  std::uint64_t recycle_rss_bytes = 0;  ///< Replace a worker that has grown above. 0: never.
};

/// The small process from which workers are made: forked while the program is small and has one
/// thread, so that workers never inherit a lock, a descriptor or a large memory.
class Zygote;

/// Fork the zygote. Workers will run these very steps, with the secrets that they hold: nothing
/// passes through argv or the environment. It ends with the last copy of the pointer, or with this
/// process, however that ends.
/// REQUIRES: the main thread, and no other. Errors: system; internal when there are other threads.
[[nodiscard]] Result<std::shared_ptr<Zygote>> start_zygote(StepSet steps);

/// Runs steps in worker processes, each with one event loop and one compute thread.
///
/// What a dead worker leaves: calls that it had answered are finished as answered; calls whose code
/// was running come back `failed` (Errc::crashed, kind "crash.SIGSEGV", "crash.exit"); a call that
/// hung does so with Errc::timeout, kind "worker.hang"; all others come back `returned`. When
/// nothing was marked (killed for memory, say), a call that was alone in its worker is the one to
/// blame; if there were several, they come back `returned` with kind "crash.unmarked": give them
/// out in smaller groups, or alone.
///
/// Both cancel modes ask the step; neither kills a worker, since others work in it.
/// Destroying it ends all workers and waits for them (at most a few seconds).
/// Errors: system (out of descriptors).
[[nodiscard]] Result<std::unique_ptr<Executor>> make_process_executor(
    std::shared_ptr<Zygote> zygote, ExecutorOptions options, os::EpollWaker& waker);

/// Runs steps in the engine's own thread and loop, `workers` x `concurrency` calls at once:
/// for tests and debugging. A step that crashes or hangs takes the engine with it.
[[nodiscard]] std::unique_ptr<Executor> make_inline_executor(const StepSet& steps,
                                                             ExecutorOptions options,
                                                             os::EpollWaker& waker);

}  // namespace penstock
