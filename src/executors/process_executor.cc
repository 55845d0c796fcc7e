// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which worker gets which call: the one with the least in flight; suspects alone. Everything else
// about workers is the pool's.
#include <penstock/executors.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "executors/worker_pool.h"
#include "executors/zygote.h"
#include "os/epoll_waker.h"

namespace penstock {
namespace executors {
namespace {

// Calls that wait in a worker beyond its concurrency, if all steps are batchable: such calls are
// short, and a worker without the next one at hand would idle for a wake-up.
constexpr std::size_t kPrefetchCalls = 2;

bool all_batchable(const StepSet& steps) {
  return std::all_of(steps.begin(), steps.end(),
                     [](const auto& step) { return step->batch_items_max() > 1; });
}

FinishedCall finish_all(const Call& call, const ItemVerdict& verdict) {
  FinishedCall finished{.id = call.id, .verdicts = {}};
  finished.verdicts.resize(call.items.size(), verdict);
  return finished;
}

/// Invariants: (1) a call is in exactly one place: waiting_, suspects_, a worker, or finished_.
/// (2) A reserved worker has at most one call that came after it was reserved, and that is alone.
class ProcessExecutor final : public Executor {
 public:
  ProcessExecutor(std::shared_ptr<Zygote> zygote, ExecutorOptions options, os::EpollWaker& waker)
      : batches_(all_batchable(zygote->steps()) ? kPrefetchCalls : 0),
        prefetch_(options.prefetch),
        waker_(waker),
        pool_(std::move(zygote), std::move(options), waker.loop(), [this] { on_change(); }) {}

  Status open() { return pool_.open(); }

  std::size_t room() const noexcept override {
    if (!pool_.health()) return 0;
    std::size_t room = 0;
    for (const auto& slot : pool_.slots()) room += free_places(*slot);
    return room - std::min(room, waiting_.size() + suspects_.size());
  }

  void start(std::vector<Call> calls) override {
    for (Call& call : calls) (call.alone ? suspects_ : waiting_).push_back(std::move(call));
    place();
  }

  std::vector<FinishedCall> take_finished() override {
    auto finished = pool_.take_finished();
    std::move(finished_.begin(), finished_.end(), std::back_inserter(finished));
    finished_.clear();
    return finished;
  }

  std::vector<StartedCall> take_started() override { return pool_.take_started(); }

  void cancel(CallId call, CancelMode) noexcept override {
    if (cancel_queued(waiting_, call) || cancel_queued(suspects_, call)) return;
    for (const auto& slot : pool_.slots()) {
      if (!slot->process || !slot->process->has(call)) continue;
      slot->process->cancel(call);
      pool_.flush(*slot);
    }
  }

  void resize(std::size_t workers, std::size_t concurrency) override {
    pool_.resize(workers, concurrency);
    place();
  }

  void end() override { pool_.end(); }

  std::vector<WorkerState> workers() const override {
    std::vector<WorkerState> states;
    for (const auto& slot : pool_.slots()) states.push_back(state_of(*slot));
    return states;
  }

  Status health() const override { return pool_.health(); }
  std::vector<std::string> take_warnings() override { return pool_.take_warnings(); }

 private:
  std::size_t free_places(const WorkerSlot& slot) const noexcept {
    if (!slot.takes_calls() || slot.reserved) return 0;
    const std::size_t calls_max = std::min(pool_.concurrency(), slot.calls_max) + ahead(slot);
    return calls_max - std::min(calls_max, slot.in_flight());
  }

  /// Calls that may wait in this worker until it has a place for them.
  std::size_t ahead(const WorkerSlot& slot) const noexcept {
    const bool is_short_of_descriptors = slot.calls_max < pool_.concurrency();
    if (prefetch_ == Prefetch::none || is_short_of_descriptors) return batches_;
    return std::max(batches_, std::min(slot.pace.ahead(), pool_.concurrency()));
  }

  static WorkerState state_of(const WorkerSlot& slot) {
    WorkerState state{.index = slot.index, .calls_done = slot.calls_done, .crashes = slot.crashes};
    if (!slot.process) return state;
    state.pid = slot.process->pid();
    state.in_flight = slot.process->in_flight();
    state.calls_done += slot.process->calls_done();
    state.rss_bytes = slot.process->page().rss_bytes.load(std::memory_order_relaxed);
    state.cpu_ns = slot.process->page().cpu_ns.load(std::memory_order_relaxed);
    return state;
  }

  void on_change() {
    place();
    waker_.wake(Event::finished);
  }

  void place() {
    if (!pool_.health()) hand_back_queued();
    place_suspects();
    place_waiting();
    for (const auto& slot : pool_.slots()) {
      if (slot->process && std::exchange(slot->unsent, false)) pool_.flush(*slot);
    }
  }

  /// In order, but for calls whose own worker has no place: they wait for it, and for nobody else.
  void place_waiting() {
    for (auto call = waiting_.begin(); call != waiting_.end();) {
      const auto is_free = [this](const auto& one) { return free_places(one) > 0; };
      WorkerSlot* const slot = call->worker ? own_worker(*call->worker) : least_loaded(is_free);
      if (slot != nullptr && is_free(*slot)) {
        give(*slot, *call);
        call = waiting_.erase(call);
      } else if (call->worker) {
        ++call;
      } else {
        return;
      }
    }
  }

  /// What belonged to workers that are no more falls to those that are.
  WorkerSlot* own_worker(std::uint32_t worker) const {
    std::vector<WorkerSlot*> staying;
    for (const auto& slot : pool_.slots()) {
      if (!slot->retiring) staying.push_back(slot.get());
    }
    return staying.empty() ? nullptr : staying[worker % staying.size()];
  }

  template <typename Fits>
  WorkerSlot* least_loaded(Fits fits) const {
    WorkerSlot* best = nullptr;
    for (const auto& slot : pool_.slots()) {
      if (!fits(*slot)) continue;
      if (best == nullptr || slot->in_flight() < best->in_flight()) best = slot.get();
    }
    return best;
  }

  void give(WorkerSlot& slot, const Call& call) {
    if (const auto given = slot.process->give(call); given) {
      slot.unsent = true;
    } else {
      refuse(call, given.error());
    }
  }

  void refuse(const Call& call, const Error& error) {
    finished_.push_back(finish_all(call, ItemVerdict{.outcome = Outcome::failed, .error = error}));
    waker_.wake(Event::finished);
  }

  // Workers are reserved for suspects and emptied; at most every second one, so that others go on.
  // Those that are reserved and no longer needed go back to the rest.
  void place_suspects() {
    std::size_t reserved = 0;
    for (const auto& slot : pool_.slots()) {
      if (!slot->reserved) continue;
      if (slot->takes_calls() && slot->in_flight() == 0) slot->reserved = false;
      reserved += slot->reserved ? 1 : 0;
    }
    const std::size_t reserved_max = (pool_.slots().size() + 1) / 2;
    while (!suspects_.empty() && reserved < reserved_max) {
      WorkerSlot* slot =
          least_loaded([](const auto& one) { return one.takes_calls() && !one.reserved; });
      if (slot == nullptr) return;
      slot->reserved = true;
      ++reserved;
      if (slot->in_flight() > 0) continue;
      give(*slot, suspects_.front());
      suspects_.pop_front();
    }
  }

  bool cancel_queued(std::deque<Call>& queue, CallId id) {
    const auto found =
        std::find_if(queue.begin(), queue.end(), [id](const Call& call) { return call.id == id; });
    if (found == queue.end()) return false;
    refuse(*found, Error{.code = Errc::cancelled,
                         .message = "cancelled before it began",
                         .kind = "cancelled"});
    queue.erase(found);
    return true;
  }

  void hand_back_queued() {
    for (std::deque<Call>* queue : {&waiting_, &suspects_}) {
      for (const Call& call : *queue) finished_.push_back(finish_all(call, ItemVerdict{}));
      queue->clear();
    }
    waker_.wake(Event::finished);
  }

  std::size_t batches_;  // Of batchable steps: calls that may wait in a worker.
  Prefetch prefetch_;
  os::EpollWaker& waker_;
  std::deque<Call> waiting_;
  std::deque<Call> suspects_;
  std::vector<FinishedCall> finished_;
  WorkerPool pool_;  // Last: it calls back until it has ended.
};

}  // namespace
}  // namespace executors

Result<std::unique_ptr<Executor>> make_process_executor(std::shared_ptr<Zygote> zygote,
                                                        ExecutorOptions options,
                                                        os::EpollWaker& waker) {
  auto executor =
      std::make_unique<executors::ProcessExecutor>(std::move(zygote), std::move(options), waker);
  PENSTOCK_CHECK(executor->open());
  return std::unique_ptr<Executor>(std::move(executor));
}

}  // namespace penstock
