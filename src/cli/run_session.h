// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One engine over one run's folder: brings the parts to life in the only order that works, lets
// them be watched and steered, and takes them down again.
#pragma once

#include <penstock/error.h>
#include <penstock/executors.h>
#include <penstock/ledger.h>
#include <penstock/ledger_editor.h>
#include <penstock/source.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/control_request.h"
#include "cli/control_server.h"
#include "cli/live_display.h"
#include "cli/resume_check.h"
#include "cli/run_place.h"
#include "engine/run.h"
#include "job/job.h"
#include "os/epoll_waker.h"
#include "os/real_clock.h"
#include "os/signals.h"

namespace penstock::cli {

enum class ExecutorChoice : std::uint8_t { processes, in_this_process };
enum class LedgerChoice : std::uint8_t { on_disk, in_memory };

struct SessionOptions {
  ExecutorChoice executor = ExecutorChoice::processes;
  LedgerChoice ledger = LedgerChoice::on_disk;
  RedoWish redo = RedoWish::refuse;
  std::optional<FailureSelection> retry;  ///< These failures are tried again.
};

/// The order: zygote (while there is one thread and little memory), signals, loop, a look at what
/// has changed since the last time, source, ledger (which starts a thread), executor, engine,
/// control socket. Failures are taken back when nothing else can refuse: the ledger with its
/// outputs has been opened before.
///
/// Calls: open drive, on the main thread. The job, the display and the console live longer.
class RunSession {
 public:
  /// Errors: what the parts say; rejected "lock.held" when another engine has this run,
  /// "job.changed" when a step has changed.
  static Result<std::unique_ptr<RunSession>> open(const job::Job& job, const RunPlace& place,
                                                  const SessionOptions& options,
                                                  LiveDisplay& display);
  RunSession(const RunSession&) = delete;
  RunSession& operator=(const RunSession&) = delete;
  ~RunSession();

  /// Run to the end. The first SIGINT, SIGTERM or SIGHUP drains, the second stops now.
  /// Errors: as engine::Run::drive().
  Result<engine::Summary> drive();

  /// Whether items of a pipe were lost by an earlier crash. REQUIRES: drive() has returned.
  bool input_incomplete() const { return source_->incomplete(); }

  /// Lines of the input that are no items.
  std::uint64_t blank_lines() const { return source_->blank_lines(); }

 private:
  RunSession(const job::Job& job, LiveDisplay& display);
  Status start_zygote(const RunPlace& place, const SessionOptions& options);
  Result<SourceCount> count_source(const RunPlace& place, const SessionOptions& options);
  Status open_source(const RunPlace& place, SourceCount count);
  Status open_ledger(const RunPlace& place, const SessionOptions& options);
  Status take_failures_back(const RunPlace& place, const SessionOptions& options);
  Status open_executor(const RunPlace& place, const SessionOptions& options);
  Status listen(const RunPlace& place, const SessionOptions& options);

  void take_signals();
  void say_warnings();
  void tick();
  std::string respond(std::string_view line);
  Result<std::string> tune(const Tuning& tuning);
  Status tune_rate(const std::string& limit, const std::string& rate);

  // Constant after open().
  const job::Job& job_;
  LiveDisplay& display_;
  StepSet steps_;

  os::RealClock clock_;
  engine::Plan plan_;  // The job's, changed by tune().
  std::shared_ptr<Zygote> zygote_;
  std::optional<os::SignalSource> signals_;
  std::unique_ptr<os::EpollWaker> waker_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<engine::Run> run_;
  std::unique_ptr<ControlServer> control_;
  int interrupts_ = 0;
};

}  // namespace penstock::cli
