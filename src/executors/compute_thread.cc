// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A queue, a condition and a thread. Results travel back as tasks posted to the loop.
#include "executors/compute_thread.h"

#include <optional>
#include <utility>

namespace penstock::executors {

std::exception_ptr run_marked(ThreadMark& mark, CallId call, const std::function<void()>& work) {
  const MarkedScope scope(mark, call);
  try {
    work();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

ComputeThread::~ComputeThread() {
  {
    const os::MutexLock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ComputeThread::run(CallId call, std::function<void()> work, Done done) {
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  {
    const os::MutexLock lock(mutex_);
    jobs_.push_back(Job{.call = call, .work = std::move(work), .done = std::move(done)});
  }
  changed_.notify_one();
}

std::optional<ComputeThread::Job> ComputeThread::next() {
  os::MutexLock lock(mutex_);
  while (!closing_ && jobs_.empty()) changed_.wait(lock);
  if (closing_) return std::nullopt;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

void ComputeThread::serve() {
  while (auto job = next()) {
    std::exception_ptr thrown = run_marked(mark_, job->call, job->work);
    job->work = nullptr;  // What it captured goes before the loop hears of the end.
    loop_.post([done = std::move(job->done), thrown = std::move(thrown)] { done(thrown); });
  }
}

}  // namespace penstock::executors
