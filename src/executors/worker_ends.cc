// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What follows the end of a worker: its last answers, then blame for what it still had, then a new
// one in its place.
#include <algorithm>
#include <utility>

#include "executors/worker_pool.h"
#include "os/child.h"

namespace penstock::executors {
namespace {

constexpr int kPatienceMs = 1'000;

int ms_until(TimePoint when) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - TimePoint::clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace

void WorkerPool::on_end(WorkerSlot& slot) {
  // Answers that it has handed over count, so they are read before anyone is blamed. Stops at
  // `empty` too: a process that the step forked may hold the socket open for ever.
  for (;;) {
    const auto intake = slot.process->read(news_);
    if (!intake || *intake != Intake::more) break;
  }
  const auto end = slot.process->end();
  if (!end) return;
  settle(slot, *end);
  remove_retired();
  on_change_();
}

void WorkerPool::settle(WorkerSlot& slot, const WorkerEnd& end) {
  const WorkerProcess& process = *slot.process;
  const bool was_asked = process.is_stopping();
  const bool was_ready = process.state() == WorkerProcess::State::ready;
  const bool was_of_use = process.calls_done() > 0 || process.in_flight() > 0;
  if (was_ready) {
    auto blamed = blame(end, slot.process->take_open());
    std::move(blamed.begin(), blamed.end(), std::back_inserter(news_.finished));
  }
  vacate(slot);
  if (!was_asked) ++slot.crashes;
  if (was_asked || (was_ready && was_of_use)) return spawn(slot);
  spawn_later(slot, Error{.code = Errc::system, .message = describe(end), .kind = "worker.start"});
}

// Calls that it still has were never begun: nobody is to blame.
void WorkerPool::vacate(WorkerSlot& slot) {
  for (const OpenCall& call : slot.process->take_open()) news_.finished.push_back(give_back(call));
  loop_.unwatch(std::exchange(slot.socket_watch, {}));
  loop_.unwatch(std::exchange(slot.process_watch, {}));
  slot.calls_done += slot.process->calls_done();
  slot.process.reset();
  slot.blocked = false;
  slot.draining = false;
}

void WorkerPool::remove_retired() {
  std::erase_if(slots_, [this](const auto& slot) {
    const bool gone = slot->retiring && !slot->process;
    if (gone) loop_.cancel(slot->respawn);
    return gone;
  });
}

// No worker can be made any more. Those that live go on; who waited for a birth waits no longer.
void WorkerPool::fail(Error error) {
  if (health_) health_ = std::move(error);
  loop_.unwatch(std::exchange(births_watch_, {}));
  for (const auto& slot : slots_) {
    if (slot->process && slot->process->state() == WorkerProcess::State::unborn) vacate(*slot);
  }
  on_change_();
}

// Asked first, then killed; births that are under way are awaited, or they would become zombies.
void WorkerPool::end_all() {
  const TimePoint until = TimePoint::clock::now() + std::chrono::milliseconds(kPatienceMs);
  const auto is_unborn = [](const auto& slot) {
    return slot->process && slot->process->state() == WorkerProcess::State::unborn;
  };
  for (const auto& slot : slots_) {
    if (!slot->process) continue;
    slot->process->stop();
    (void)slot->process->flush();
  }
  while (std::any_of(slots_.begin(), slots_.end(), is_unborn)) {
    const auto birth = zygote_->wait_for_birth(ms_until(until));
    if (!birth) break;
    WorkerSlot* slot = find(birth->tag);
    if (slot == nullptr) continue;
    if (birth->pid == 0 || !slot->process->born(birth->pid)) slot->process.reset();
  }
  for (const auto& slot : slots_) {
    if (!slot->process || is_unborn(slot)) continue;
    if (!slot->process->wait_for_end(ms_until(until))) {
      slot->process->kill(Hung::no);
      (void)slot->process->wait_for_end(kPatienceMs);
    }
    (void)slot->process->end();
  }
}

WorkerPool::~WorkerPool() {
  loop_.cancel(look_timer_);
  loop_.unwatch(births_watch_);
  for (const auto& slot : slots_) {
    loop_.cancel(slot->respawn);
    loop_.unwatch(slot->socket_watch);
    loop_.unwatch(slot->process_watch);
  }
  end_all();
}

}  // namespace penstock::executors
