// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A worker for unit tests of steps: a real loop, no other thread, and the calls that came back.
// Never part of the program.
#pragma once

#include <penstock/step.h>
#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/assert.h"
#include "os/epoll_loop.h"

namespace penstock::steps {

/// compute() runs at once and counts; run() gives calls to a step and waits for them.
class WorkerFake final : public StepContext {
 public:
  WorkerFake() {
    // As every worker does: a server that hangs up must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    std::string folder = std::filesystem::temp_directory_path() / "steps_test.XXXXXX";
    PENSTOCK_ASSERT(::mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
  }
  WorkerFake(const WorkerFake&) = delete;
  WorkerFake& operator=(const WorkerFake&) = delete;
  ~WorkerFake() override {
    shared_.clear();  // Before the loop on which it lives.
    std::filesystem::remove_all(folder_);
  }

  os::EpollLoop& loop() override { return *loop_; }
  void compute(CallId, std::function<void()> work, std::function<void()> then) override {
    ++computed;
    work();
    loop_->post(std::move(then));
  }
  void run(CallId, const std::function<void()>& code) override {
    ++marked;
    code();
  }
  void started(CallId call, TimePoint sent_at) override { starts.emplace_back(call, sent_at); }
  void finish(FinishedCall call) override { finished.push_back(std::move(call)); }
  std::shared_ptr<void>& shared(std::string_view name) override {
    return shared_[std::string(name)];
  }
  std::uint32_t worker() const override { return 3; }
  const std::string& files_folder() const override { return folder_; }

  /// Run the loop until `count` calls have come back.
  void wait_for(std::size_t count) {
    const TimePoint give_up = TimePoint::clock::now() + std::chrono::seconds(20);
    while (finished.size() < count && TimePoint::clock::now() < give_up) loop_->run_once(give_up);
    PENSTOCK_ASSERT(finished.size() >= count);
  }

  std::vector<FinishedCall> finished;
  std::vector<std::pair<CallId, TimePoint>> starts;
  int computed = 0;
  int marked = 0;

 private:
  std::unique_ptr<os::EpollLoop> loop_ = std::move(*os::EpollLoop::create());
  std::map<std::string, std::shared_ptr<void>> shared_;
  std::string folder_;
};

}  // namespace penstock::steps
