// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Step code is entered through guarded() only (start, cancel, run, the `then` of compute), so that
// none runs unmarked or lets an exception out.
#include "executors/step_host.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/assert.h"

namespace penstock::executors {
namespace {

Error thrown_error(std::exception_ptr thrown) {
  Error error{.code = Errc::invalid, .kind = "step.exception", .sent = Sent::maybe};
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& exception) {
    error.message = std::string("run step: ") + exception.what();
  } catch (...) {
    error.message = "run step: it threw something that is no exception";
  }
  return error;
}

Error miscounted_error(std::size_t verdicts, std::size_t items) {
  return Error{.code = Errc::internal,
               .message = "run step: it gave " + std::to_string(verdicts) + " verdicts for " +
                          std::to_string(items) + " items",
               .kind = "step.verdicts",
               .sent = Sent::maybe};
}

Error cancelled_error() {
  return Error{
      .code = Errc::cancelled, .message = "cancelled before it began", .kind = "cancelled"};
}

}  // namespace

StepHost::StepHost(const StepSet& steps, os::EpollLoop& loop, WorkerPage& page, Setting setting)
    : loop_(loop), page_(page), setting_(std::move(setting)), compute_(page.compute, loop) {
  for (const auto& step : steps) runners_.push_back(step->make_runner(*this));
}

StepHost::~StepHost() {
  *alive_ = false;
  for (const auto& [id, running] : running_) loop_.cancel(running.timer);
}

void StepHost::add(Call call) {
  if (running_.size() < setting_.concurrency && waiting_.empty()) {
    admit(std::move(call));
  } else {
    waiting_.push_back(std::move(call));
  }
}

void StepHost::admit(Call call) {
  PENSTOCK_ASSERT(static_cast<std::size_t>(call.step) < runners_.size());
  const CallId id = call.id;
  const TimePoint when = call.not_before;
  Running& running = running_[id];
  running = Running{.step = call.step, .items = call.items.size()};
  if (when <= loop_.round_began()) {
    begin(std::move(call));
    return;
  }
  running.timer = loop_.at(when, [this, waiting = std::move(call)]() mutable {
    running_[waiting.id].timer = {};
    begin(std::move(waiting));
  });
}

void StepHost::begin(Call call) {
  StepRunner& runner = *runners_[static_cast<std::size_t>(call.step)];
  guarded(call.id, [&] { runner.start(std::move(call)); });
}

void StepHost::guarded(CallId call, const std::function<void()>& step_code) {
  if (auto thrown = run_marked(page_.loop, call, step_code)) fail_thrown(call, std::move(thrown));
}

// Not from within finish(): a runner that finishes inside start() would nest as deep as the queue.
void StepHost::admit_waiting() {
  admitting_ = false;
  while (!waiting_.empty() && running_.size() < setting_.concurrency) {
    Call call = std::move(waiting_.front());
    waiting_.pop_front();
    admit(std::move(call));
  }
}

void StepHost::finish(FinishedCall call) {
  const auto found = running_.find(call.id);
  // Unknown: the step threw after all, or finishes a second time; the first answer stands.
  if (found == running_.end()) return;
  const std::size_t items = found->second.items;
  running_.erase(found);
  if (!call.verdicts.empty() && call.verdicts.size() != items) {
    call.verdicts.assign(items,
                         ItemVerdict{.outcome = Outcome::failed,
                                     .error = miscounted_error(call.verdicts.size(), items)});
  }
  finished_.push_back(std::move(call));
  if (finished_.size() == 1) setting_.on_news();
  if (waiting_.empty() || std::exchange(admitting_, true)) return;
  loop_.post([this, alive = alive_] {
    if (*alive) admit_waiting();
  });
}

void StepHost::fail(CallId call, std::size_t items, const Error& error) {
  FinishedCall failed{.id = call, .verdicts = {}};
  failed.verdicts.resize(items, ItemVerdict{.outcome = Outcome::failed, .error = error});
  finish(std::move(failed));
}

void StepHost::fail_thrown(CallId call, std::exception_ptr thrown) {
  const auto found = running_.find(call);
  if (found != running_.end()) fail(call, found->second.items, thrown_error(std::move(thrown)));
}

void StepHost::cancel_call(CallId call) {
  const auto is_it = [call](const Call& waiting) { return waiting.id == call; };
  const auto waiting = std::find_if(waiting_.begin(), waiting_.end(), is_it);
  if (waiting != waiting_.end()) {
    const Call taken = std::move(*waiting);
    waiting_.erase(waiting);
    running_[call] = Running{.step = taken.step, .items = taken.items.size()};
    fail(call, taken.items.size(), cancelled_error());
    return;
  }
  const auto found = running_.find(call);
  if (found == running_.end()) return;
  const Running running = found->second;
  if (running.timer == os::TimerId{}) {
    StepRunner& runner = *runners_[static_cast<std::size_t>(running.step)];
    guarded(call, [&] { runner.cancel(call); });
    return;
  }
  loop_.cancel(running.timer);
  fail(call, running.items, cancelled_error());
}

void StepHost::set_concurrency(std::size_t concurrency) {
  setting_.concurrency = concurrency;
  admit_waiting();
}

void StepHost::started(CallId call, TimePoint sent_at) {
  if (!running_.contains(call)) return;
  started_.push_back(StartedCall{.id = call, .sent_at = sent_at});
  if (started_.size() == 1) setting_.on_news();
}

std::vector<StartedCall> StepHost::take_started() { return std::exchange(started_, {}); }

std::vector<FinishedCall> StepHost::take_finished() { return std::exchange(finished_, {}); }

void StepHost::compute(CallId call, std::function<void()> work, std::function<void()> then) {
  ComputeThread::Done done = [this, alive = alive_, call,
                              then = std::move(then)](std::exception_ptr thrown) {
    if (!*alive) return;
    if (thrown) {
      fail_thrown(call, std::move(thrown));
    } else {
      guarded(call, then);
    }
  };
  if (setting_.compute == ComputeMode::on_thread) {
    compute_.run(call, std::move(work), std::move(done));
    return;
  }
  auto thrown = run_marked(page_.compute, call, work);
  loop_.post([done = std::move(done), thrown = std::move(thrown)] { done(thrown); });
}

std::shared_ptr<void>& StepHost::shared(std::string_view name) {
  const auto found = shared_.find(name);
  return found != shared_.end() ? found->second : shared_[std::string(name)];
}

}  // namespace penstock::executors
