// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A step in two halves: the plan half is pure and answers the engine; the run half works in a
// worker. A step never asks a limit, never retries, never sees the ledger.
#pragma once

#include <penstock/error.h>
#include <penstock/executor.h>
#include <penstock/item.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

namespace os {
class EpollLoop;
}

/// What a worker offers to the steps that run in it.
///
/// Threads: the worker's loop only, except that `work` of compute() runs on the compute thread.
class StepContext {
 public:
  virtual ~StepContext() = default;

  virtual os::EpollLoop& loop() = 0;

  /// Run `work` on the compute thread (CPU-heavy: parsing, extraction), then `then` on the loop.
  /// The call is marked as the one whose code runs there, so a crash blames nobody else.
  virtual void compute(CallId call, std::function<void()> work, std::function<void()> then) = 0;

  /// Run step code on the loop, now, with the call marked as in start(): for what a client's
  /// callback brings. The worker's own StepContext catches what it throws.
  virtual void run(CallId /*call*/, const std::function<void()>& code) { code(); }

  /// The request of this call was written at `sent_at`. Optional, for calls with `tells_start`.
  virtual void started(CallId, TimePoint /*sent_at*/) {}

  /// Hand a call back. Exactly once for every call given to StepRunner::start().
  virtual void finish(FinishedCall call) = 0;

  /// A slot that all steps of this worker share by name, for costly clients made once a worker.
  virtual std::shared_ptr<void>& shared(std::string_view name) = 0;

  /// Index of this worker, from 0.
  virtual std::uint32_t worker() const = 0;

  /// An absolute path of a folder of this run for bodies that do not fit in memory.
  virtual const std::string& files_folder() const = 0;
};

/// The run half, alive as long as its worker.
class StepRunner {
 public:
  virtual ~StepRunner() = default;

  /// Begin; never blocks. May finish the call before it returns.
  virtual void start(Call call) = 0;

  /// The call should end soon. It still has to be finished.
  virtual void cancel(CallId call) = 0;
};

/// The plan half. All of it is pure: same arguments, same answer. Threads: any, read only.
class Step {
 public:
  virtual ~Step() = default;

  /// The kind in a job file: "http", "noop".
  virtual std::string_view kind() const = 0;

  virtual Repeatable repeatable() const = 0;

  /// How many items one call may carry; 1 for a step whose calls are requests of their own.
  virtual std::size_t batch_items_max() const { return 1; }

  /// The key under which "per host" limits count this item: host, with port if unusual.
  /// `hop` replaces the step's own URL. Empty: the step has no host.
  /// Errors: invalid ("item.field" when a placeholder has no value, "url.syntax", ...).
  virtual Result<std::string> limit_key(std::string_view value, std::string_view hop) const = 0;

  /// One or a few lines that show what a call for this item would send; no secrets.
  virtual Result<std::string> preview(std::string_view value) const = 0;

  /// One line for `explain`: what every call does, with its placeholders as the job has them.
  /// Empty: nothing worth showing.
  virtual std::string outline() const { return {}; }

  /// Covers what changes this step's answers (URL, body, `as`, `each`); never limits or retries.
  virtual Fingerprint fingerprint() const = 0;

  /// Make the run half, once a worker.
  virtual std::unique_ptr<StepRunner> make_runner(StepContext& context) const = 0;
};

/// The steps of a job in order; shared by the engine and (by fork) its workers.
using StepSet = std::vector<std::shared_ptr<const Step>>;

}  // namespace penstock
