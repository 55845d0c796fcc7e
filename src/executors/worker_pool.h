// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The workers as a set: born, watched, replaced when they die, hang or grow, ended. Which call goes
// where is not its business.
#pragma once

#include <penstock/error.h>
#include <penstock/executors.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "executors/start_backoff.h"
#include "executors/worker_slot.h"
#include "executors/zygote.h"
#include "os/epoll_loop.h"

namespace penstock::executors {

/// Keeps as many slots as were asked for, and a process in each of them.
///
/// Invariant: a slot that stays and has no process has a respawn timer, or the pool is not healthy.
/// Threads: the engine's. Blocks: the destructor only, for a few seconds at most.
class WorkerPool {
 public:
  using Slots = std::vector<std::unique_ptr<WorkerSlot>>;

  /// `on_change` is told, within the loop, when calls have come back or a slot takes calls again.
  WorkerPool(std::shared_ptr<Zygote> zygote, ExecutorOptions options, os::EpollLoop& loop,
             std::function<void()> on_change);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  /// Start the first workers. Errors: system (none can be had).
  Status open();

  const Slots& slots() const noexcept { return slots_; }
  std::size_t concurrency() const noexcept { return options_.concurrency; }

  /// Send what was given to this slot's process, and look after it from now on.
  void flush(WorkerSlot& slot);

  /// Running calls are left alone: a worker too many goes when it has none.
  void resize(std::size_t workers, std::size_t concurrency);

  /// Ask all workers to stop; none comes after them.
  void end();

  /// What has come back from living and dead workers.
  std::vector<FinishedCall> take_finished() { return std::exchange(news_.finished, {}); }
  std::vector<StartedCall> take_started() { return std::exchange(news_.started, {}); }

  std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }
  const Status& health() const noexcept { return health_; }

 private:
  // Births.
  void spawn(WorkerSlot& slot);
  void spawn_later(WorkerSlot& slot, const Error& reason);
  void not_started(WorkerSlot& slot, const Error& reason);
  void go_without(WorkerSlot& slot, const Error& reason);
  void on_births();
  void on_birth(const Zygote::Birth& birth);
  WorkerSlot* find(std::uint64_t tag);
  wire::Settings settings_of(const WorkerSlot& slot) const;

  // Life.
  void on_socket(WorkerSlot& slot, std::uint32_t events);
  void read(WorkerSlot& slot);
  void ease(WorkerSlot& slot, std::size_t first);
  void tighten(WorkerSlot& slot, std::size_t fewer);
  void relax(WorkerSlot& slot);
  void recycle_if_due(WorkerSlot& slot);
  void stop_if_empty(WorkerSlot& slot);
  void look_after_all();
  void arm_look();

  // Ends.
  void on_end(WorkerSlot& slot);
  void settle(WorkerSlot& slot, const WorkerEnd& end);
  void vacate(WorkerSlot& slot);
  void remove_retired();
  void fail(Error error);
  void end_all();

  void warn(std::string warning);

  std::shared_ptr<Zygote> zygote_;
  ExecutorOptions options_;
  os::EpollLoop& loop_;
  std::function<void()> on_change_;

  Slots slots_;
  std::uint64_t processes_asked_ = 0;
  StartBackoff backoff_;
  Status health_ = ok();
  os::WatchId births_watch_{};
  os::TimerId look_timer_{};
  News news_;
  std::vector<std::string> warnings_;
};

}  // namespace penstock::executors
