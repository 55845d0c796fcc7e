// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One thread for work that burns processor time, so that a worker's event loop never stalls.
#pragma once

#include <penstock/executor.h>

#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <thread>

#include "executors/worker_page.h"
#include "os/epoll_loop.h"
#include "os/mutex.h"

namespace penstock::executors {

/// Runs work in the order in which it came; the thread starts with the first.
///
/// Threads: run() and the destructor on the loop's thread. Blocks: the destructor, for the work
/// that is running; what waits is dropped.
class ComputeThread {
 public:
  /// Told on the loop's thread: null, or what the work threw.
  using Done = std::function<void(std::exception_ptr)>;

  ComputeThread(ThreadMark& mark, os::EpollLoop& loop) : mark_(mark), loop_(loop) {}
  ComputeThread(const ComputeThread&) = delete;
  ComputeThread& operator=(const ComputeThread&) = delete;
  ~ComputeThread();

  void run(CallId call, std::function<void()> work, Done done);

 private:
  struct Job {
    CallId call;
    std::function<void()> work;
    Done done;
  };
  void serve();
  std::optional<Job> next();

  ThreadMark& mark_;
  os::EpollLoop& loop_;
  std::thread thread_;

  os::Mutex mutex_;
  os::Condition changed_;
  std::deque<Job> jobs_ PENSTOCK_LOCKS(guarded_by(mutex_));
  bool closing_ PENSTOCK_LOCKS(guarded_by(mutex_)) = false;
};

/// Run `work` on this thread with its call marked; null, or what it threw. The one place where
/// exceptions of compute work are caught.
std::exception_ptr run_marked(ThreadMark& mark, CallId call, const std::function<void()>& work);

}  // namespace penstock::executors
