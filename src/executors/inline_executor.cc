// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The step host in the engine's own loop. Finished calls wake the engine; nothing else happens
// here.
#include <penstock/executors.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "executors/step_host.h"
#include "executors/worker_page.h"
#include "os/epoll_waker.h"

namespace penstock {
namespace executors {
namespace {

class InlineExecutor final : public Executor {
 public:
  InlineExecutor(const StepSet& steps, ExecutorOptions options, os::EpollWaker& waker)
      : calls_max_(std::max<std::size_t>(options.workers, 1) * options.concurrency),
        host_(steps, waker.loop(), page_,
              StepHost::Setting{.concurrency = calls_max_,
                                .compute = ComputeMode::at_once,
                                .files_folder = std::move(options.files_folder),
                                .on_news = [&waker] { waker.wake(Event::finished); }}) {}

  std::size_t room() const noexcept override {
    return calls_max_ - std::min(host_.load(), calls_max_);
  }

  void start(std::vector<Call> calls) override {
    for (Call& call : calls) host_.add(std::move(call));
  }

  std::vector<FinishedCall> take_finished() override {
    auto finished = host_.take_finished();
    calls_done_ += finished.size();
    return finished;
  }

  std::vector<StartedCall> take_started() override { return host_.take_started(); }

  void cancel(CallId call, CancelMode) noexcept override { host_.cancel_call(call); }

  void resize(std::size_t workers, std::size_t concurrency) override {
    calls_max_ = workers * concurrency;
    host_.set_concurrency(calls_max_);
  }

  std::vector<WorkerState> workers() const override {
    return {WorkerState{.pid = ::getpid(), .in_flight = host_.load(), .calls_done = calls_done_}};
  }

  Status health() const override { return ok(); }

 private:
  std::size_t calls_max_;
  std::uint64_t calls_done_ = 0;
  WorkerPage page_;
  StepHost host_;
};

}  // namespace
}  // namespace executors

std::unique_ptr<Executor> make_inline_executor(const StepSet& steps, ExecutorOptions options,
                                               os::EpollWaker& waker) {
  return std::make_unique<executors::InlineExecutor>(steps, std::move(options), waker);
}

}  // namespace penstock
