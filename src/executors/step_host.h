// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The room in which step runners work: the same in a worker process and inside the engine. It holds
// calls to their instant and to the concurrency, marks whose code runs, and catches what it throws.
#pragma once

#include <penstock/error.h>
#include <penstock/executor.h>
#include <penstock/step.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "executors/compute_thread.h"
#include "executors/worker_page.h"
#include "os/epoll_loop.h"

namespace penstock::executors {

/// Where compute() runs its work.
enum class ComputeMode : std::uint8_t { at_once, on_thread };

/// Runs the calls of one worker through its step runners.
///
/// Invariants: (1) at most `concurrency` calls are with their runners or wait for their instant;
/// the others wait in the order of add(). (2) No call starts before its `not_before`. (3) Every
/// call that was added comes out of take_finished() once, whether its step finishes it, throws or
/// finishes it twice.
///
/// Threads: the loop's. Blocks: never (step code may).
class StepHost final : public StepContext {
 public:
  struct Setting {
    std::uint32_t worker = 0;
    std::size_t concurrency = 1;
    ComputeMode compute = ComputeMode::on_thread;
    std::string files_folder;
    std::function<void()> on_news;  ///< Called when there is something to take again.
  };

  /// Makes one runner a step. Exceptions: what they throw.
  StepHost(const StepSet& steps, os::EpollLoop& loop, WorkerPage& page, Setting setting);
  StepHost(const StepHost&) = delete;
  StepHost& operator=(const StepHost&) = delete;
  ~StepHost() override;

  void add(Call call);
  void cancel_call(CallId call);
  void set_concurrency(std::size_t concurrency);

  std::vector<FinishedCall> take_finished();
  std::vector<StartedCall> take_started();

  /// Calls that were added and have not finished.
  std::size_t load() const noexcept { return running_.size() + waiting_.size(); }

  // What steps see.
  os::EpollLoop& loop() override { return loop_; }
  void compute(CallId call, std::function<void()> work, std::function<void()> then) override;
  void run(CallId call, const std::function<void()>& code) override { guarded(call, code); }
  void started(CallId call, TimePoint sent_at) override;
  void finish(FinishedCall call) override;
  std::shared_ptr<void>& shared(std::string_view name) override;
  std::uint32_t worker() const override { return setting_.worker; }
  const std::string& files_folder() const override { return setting_.files_folder; }

 private:
  struct Running {
    StepIndex step{};
    std::size_t items = 0;
    os::TimerId timer{};  // While it waits for its instant.
  };

  void admit(Call call);
  void begin(Call call);
  void admit_waiting();
  void fail(CallId call, std::size_t items, const Error& error);
  void fail_thrown(CallId call, std::exception_ptr thrown);
  void guarded(CallId call, const std::function<void()>& step_code);

  os::EpollLoop& loop_;
  WorkerPage& page_;
  Setting setting_;
  std::map<std::string, std::shared_ptr<void>, std::less<>> shared_;
  std::vector<std::unique_ptr<StepRunner>> runners_;
  std::unordered_map<CallId, Running> running_;
  std::deque<Call> waiting_;
  std::vector<FinishedCall> finished_;
  std::vector<StartedCall> started_;
  bool admitting_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // Posted tasks outlive us.
  ComputeThread compute_;                                       // Last: it must end first.
};

}  // namespace penstock::executors
