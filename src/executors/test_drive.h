// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Drives an executor as the engine does: start, sleep, take; and keeps what came back by call.
#pragma once

#include <gtest/gtest.h>
#include <penstock/executors.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "executors/test_steps.h"
#include "os/epoll_waker.h"

namespace penstock::executors {

class Drive {
 public:
  // No test waits that long: it is where a lost call becomes a failure instead of a hang.
  static constexpr std::chrono::seconds kPatience{60};

  explicit Drive(const std::function<std::unique_ptr<Executor>(os::EpollWaker&)>& make)
      : executor_(make(*waker_)) {}

  Executor& executor() { return *executor_; }
  os::EpollWaker& waker() { return *waker_; }

  /// Start one call; its id.
  std::uint64_t give(const std::string& value) { return give(call_of(next_++, value)); }
  std::uint64_t give(Call call) {
    const auto id = static_cast<std::uint64_t>(call.id);
    std::vector<Call> calls;
    calls.push_back(std::move(call));
    executor_->start(std::move(calls));
    return id;
  }

  /// One round of the loop, without sleeping.
  void turn() {
    waker_->sleep_until(TimePoint::min());
    take();
  }

  /// Sleep and take until `done()`; false if that took too long.
  bool run_until(const std::function<bool()>& done) {
    const TimePoint deadline = TimePoint::clock::now() + kPatience;
    for (take(); !done(); take()) {
      if (TimePoint::clock::now() >= deadline) return false;
      waker_->sleep_until(deadline);
    }
    return true;
  }

  /// What one call came to.
  std::string result(std::uint64_t id) {
    if (!run_until([&] { return results_.contains(id); })) return "lost";
    return results_[id];
  }
  std::string run(const std::string& value) { return result(give(value)); }

  const std::map<std::uint64_t, std::string>& results() const { return results_; }
  const std::map<std::uint64_t, FinishedCall>& finished() const { return finished_; }

 private:
  void take() {
    for (FinishedCall& call : executor_->take_finished()) {
      const auto id = static_cast<std::uint64_t>(call.id);
      EXPECT_FALSE(results_.contains(id)) << "call " << id << " came back twice";
      results_[id] = shown(call);
      finished_[id] = std::move(call);
    }
  }

  std::unique_ptr<os::EpollWaker> waker_ = std::move(*os::EpollWaker::create());
  std::unique_ptr<Executor> executor_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::string> results_;
  std::map<std::uint64_t, FinishedCall> finished_;
};

}  // namespace penstock::executors
