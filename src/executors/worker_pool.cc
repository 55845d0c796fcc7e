// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Births and lives. What follows the end of a worker is in worker_ends.cc.
#include "executors/worker_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "os/child.h"
#include "os/proc_stat.h"

namespace penstock::executors {
namespace {

constexpr int kLooksPerLimit = 8;
constexpr Duration kLookAtLeastEvery = std::chrono::seconds(1);

constexpr std::size_t kGivenBackAtLeast = 100;
constexpr std::size_t kWellPerCall = 4;  // So many ends of each call at once, and more are tried.

Duration look_every(Duration hang_limit) {
  return std::min(hang_limit / kLooksPerLimit, kLookAtLeastEvery);
}

bool is_out_of_descriptors(const Error& error) {
  return error.kind == "system.EMFILE" || error.kind == "system.ENFILE" ||
         error.kind == "connect.descriptors" || error.kind == "exec.descriptors";
}

// Somebody has to look at it: it runs, or should come up, or should go.
bool needs_looks(const WorkerSlot& slot) {
  if (!slot.process) return false;
  return slot.process->in_flight() > 0 || slot.process->is_stopping() ||
         slot.process->state() != WorkerProcess::State::ready;
}

std::uint32_t lowest_free_index(const WorkerPool::Slots& slots) {
  std::uint32_t index = 0;
  const auto is_taken = [&](const auto& slot) { return slot->index == index; };
  while (std::any_of(slots.begin(), slots.end(), is_taken)) ++index;
  return index;
}

}  // namespace

WorkerPool::WorkerPool(std::shared_ptr<Zygote> zygote, ExecutorOptions options, os::EpollLoop& loop,
                       std::function<void()> on_change)
    : zygote_(std::move(zygote)),
      options_(std::move(options)),
      loop_(loop),
      on_change_(std::move(on_change)),
      backoff_(options_.start_failures) {}

Status WorkerPool::open() {
  PENSTOCK_TRY(watch, loop_.watch(zygote_->fd(), EPOLLIN, [this](auto) { on_births(); }));
  births_watch_ = watch;
  resize(options_.workers != 0 ? options_.workers : os::usable_cpus(), options_.concurrency);
  return health_;
}

wire::Settings WorkerPool::settings_of(const WorkerSlot& slot) const {
  using std::chrono::milliseconds;
  const auto beat = std::chrono::duration_cast<milliseconds>(look_every(options_.hang_limit));
  return {.worker = slot.index,
          .concurrency = static_cast<std::uint32_t>(options_.concurrency),
          .heartbeat_every = std::max(beat, milliseconds(1)),
          .files_folder = options_.files_folder};
}

void WorkerPool::resize(std::size_t workers, std::size_t concurrency) {
  options_.workers = std::max<std::size_t>(workers, 1);
  options_.concurrency = std::max<std::size_t>(concurrency, 1);
  std::size_t staying = 0;
  for (const auto& slot : slots_) {
    if (!slot->retiring && ++staying > options_.workers) slot->retiring = true;
    if (!slot->process) continue;
    slot->process->set(settings_of(*slot));
    flush(*slot);
    stop_if_empty(*slot);
  }
  for (; staying < options_.workers; ++staying) {
    auto slot = std::make_unique<WorkerSlot>();
    slot->index = lowest_free_index(slots_);
    slots_.push_back(std::move(slot));
    spawn(*slots_.back());
  }
  remove_retired();
}

void WorkerPool::end() {
  for (const auto& slot : slots_) {
    slot->retiring = true;
    stop_if_empty(*slot);
  }
}

void WorkerPool::spawn(WorkerSlot& slot) {
  if (!health_ || slot.retiring) return;
  auto process =
      WorkerProcess::request(*zygote_, ++processes_asked_, settings_of(slot), options_.hang_limit);
  if (!process) return not_started(slot, process.error());
  slot.process = std::move(*process);
  const auto watch = loop_.watch(slot.process->socket_fd(), EPOLLIN,
                                 [this, &slot](auto events) { on_socket(slot, events); });
  if (watch) {
    slot.socket_watch = *watch;
  } else {
    slot.process->kill(Hung::no);  // Deaf and dumb: its end will have it replaced.
  }
  flush(slot);
}

void WorkerPool::spawn_later(WorkerSlot& slot, const Error& reason) {
  const Duration wait = backoff_.failed();
  const bool none_is_ready = std::none_of(slots_.begin(), slots_.end(), [](const auto& other) {
    return other->process && other->process->state() == WorkerProcess::State::ready;
  });
  if (backoff_.has_given_up() && none_is_ready) {
    fail(Error{.code = Errc::system,
               .message = fmt::format("start workers: {} in a row failed; the last: {}",
                                      backoff_.failures(), reason.message),
               .kind = "worker.start"});
    return;
  }
  if (backoff_.failures() == 1) warn("start worker, trying again: " + reason.message);
  slot.respawn = loop_.at(loop_.round_began() + wait, [this, &slot] {
    slot.respawn = {};
    spawn(slot);
  });
}

// The descriptors that its place would take are what others may lack too.
void WorkerPool::not_started(WorkerSlot& slot, const Error& reason) {
  if (is_out_of_descriptors(reason)) return go_without(slot, reason);
  spawn_later(slot, reason);
}

void WorkerPool::go_without(WorkerSlot& slot, const Error& reason) {
  const bool is_only_one = std::none_of(slots_.begin(), slots_.end(), [&](const auto& other) {
    return other.get() != &slot && other->takes_calls();
  });
  if (is_only_one) return spawn_later(slot, reason);
  slot.retiring = true;
  warn(fmt::format("one worker fewer: {}", reason.message));
}

WorkerSlot* WorkerPool::find(std::uint64_t tag) {
  const auto found = std::find_if(slots_.begin(), slots_.end(), [tag](const auto& slot) {
    return slot->process && slot->process->tag() == tag;
  });
  return found == slots_.end() ? nullptr : found->get();
}

void WorkerPool::on_births() {
  for (;;) {
    const auto birth = zygote_->take_birth();
    if (!birth) return fail(birth.error());
    if (!*birth) break;
    on_birth(**birth);
  }
  remove_retired();
}

void WorkerPool::on_birth(const Zygote::Birth& birth) {
  WorkerSlot* slot = find(birth.tag);
  if (slot == nullptr) {
    if (birth.pid != 0) os::end_child(birth.pid);
    return;
  }
  if (birth.pid == 0) {
    vacate(*slot);
    spawn_later(*slot, Error{.code = Errc::system,
                             .message = std::string(birth.refused.data()),
                             .kind = "worker.start"});
    return;
  }
  if (const auto born = slot->process->born(birth.pid); !born) {
    vacate(*slot);
    return not_started(*slot, born.error());
  }
  const auto watch =
      loop_.watch(slot->process->process_fd(), EPOLLIN, [this, slot](auto) { on_end(*slot); });
  if (watch) {
    slot->process_watch = *watch;
    if (slot->process->state() == WorkerProcess::State::ready) backoff_.succeeded();
    return on_change_();
  }
  os::end_child(birth.pid);
  vacate(*slot);
  spawn_later(*slot, watch.error());
}

void WorkerPool::flush(WorkerSlot& slot) {
  // An error means that it has gone: its end is on its way and settles the rest.
  const auto sent = slot.process->flush();
  const bool blocked = sent && !*sent;
  if (blocked != slot.blocked) {
    slot.blocked = blocked;
    (void)loop_.change(slot.socket_watch, EPOLLIN | (blocked ? std::uint32_t{EPOLLOUT} : 0U));
  }
  arm_look();
}

void WorkerPool::on_socket(WorkerSlot& slot, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) flush(slot);
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) read(slot);
}

void WorkerPool::read(WorkerSlot& slot) {
  WorkerProcess& process = *slot.process;
  const std::size_t first = news_.finished.size();
  const std::size_t started = news_.started.size();
  const bool was_ready = process.state() == WorkerProcess::State::ready;
  const auto intake = process.read(news_);
  const bool is_ready = process.state() == WorkerProcess::State::ready;
  if (is_ready && !was_ready) backoff_.succeeded();
  if (!intake || *intake == Intake::closed) {
    // Most likely it is dead already, and a signal changes nothing; if not, it is of no use.
    process.kill(Hung::no);
    loop_.unwatch(std::exchange(slot.socket_watch, {}));
  }
  slot.pace.finished(news_.finished.size() - first, loop_.round_began());
  ease(slot, first);
  recycle_if_due(slot);
  stop_if_empty(slot);
  const bool is_news = news_.finished.size() != first || news_.started.size() != started;
  if (is_news || is_ready != was_ready) on_change_();
}

// A worker that ran out of descriptors fails calls that are innocent: they go back, and it gets
// fewer at once. With one call at a time there is nothing left to lower, and after many in a row
// nothing that helps: those failures stand.
void WorkerPool::ease(WorkerSlot& slot, std::size_t first) {
  const std::size_t busy = slot.in_flight() + news_.finished.size() - first;
  const std::size_t given_back_max = std::max(kGivenBackAtLeast, 4 * options_.concurrency);
  bool eased = false;
  for (std::size_t i = first; i < news_.finished.size(); ++i) {
    for (ItemVerdict& verdict : news_.finished[i].verdicts) {
      if (verdict.outcome != Outcome::failed || !is_out_of_descriptors(verdict.error)) {
        slot.given_back = 0;
        ++slot.well;
        continue;
      }
      if (busy < 2 || slot.given_back >= given_back_max) continue;
      verdict = ItemVerdict{.outcome = Outcome::returned};
      ++slot.given_back;
      eased = true;
    }
  }
  eased ? tighten(slot, std::max<std::size_t>(busy - busy / 4, 1)) : relax(slot);
}

void WorkerPool::tighten(WorkerSlot& slot, std::size_t fewer) {
  slot.well = 0;
  if (fewer >= slot.calls_max) return;
  slot.calls_max = fewer;
  // Once: what is taken back is tried again, and may be taken back again.
  if (std::exchange(slot.is_told, true)) return;
  warn(fmt::format("worker {}: at most {} calls at once: too many open files", slot.index, fewer));
}

void WorkerPool::relax(WorkerSlot& slot) {
  if (slot.calls_max >= options_.concurrency || slot.well < kWellPerCall * slot.calls_max) return;
  slot.well = 0;
  slot.calls_max += std::max<std::size_t>(slot.calls_max / 8, 1);
}

void WorkerPool::recycle_if_due(WorkerSlot& slot) {
  if (!slot.takes_calls() || slot.process->calls_done() == 0) return;
  const std::uint64_t rss = slot.process->page().rss_bytes.load(std::memory_order_relaxed);
  const bool is_old =
      options_.recycle_calls != 0 && slot.process->calls_done() >= options_.recycle_calls;
  const bool is_big = options_.recycle_rss_bytes != 0 && rss >= options_.recycle_rss_bytes;
  if (!is_old && !is_big) return;
  // One at a time, or all would pause at once.
  const auto drains = [](const auto& other) { return other->draining; };
  if (std::any_of(slots_.begin(), slots_.end(), drains)) return;
  slot.draining = true;
}

void WorkerPool::stop_if_empty(WorkerSlot& slot) {
  if (!slot.process || !(slot.draining || slot.retiring) || slot.process->in_flight() > 0) return;
  if (slot.process->is_stopping()) return;
  slot.process->stop();
  flush(slot);
}

void WorkerPool::look_after_all() {
  look_timer_ = {};
  const TimePoint now = loop_.round_began();
  for (const auto& slot : slots_) {
    if (!slot->process) continue;
    const Hung hung = slot->process->look(now);
    if (hung == Hung::no) continue;
    if (slot->process->state() == WorkerProcess::State::unborn) {
      return fail(Error{.code = Errc::system,
                        .message = "start worker: the zygote does not answer",
                        .kind = "zygote.gone"});
    }
    slot->process->kill(hung);
  }
  for (const auto& slot : slots_) {
    recycle_if_due(*slot);
    stop_if_empty(*slot);
  }
  arm_look();
}

void WorkerPool::arm_look() {
  if (look_timer_ != os::TimerId{}) return;
  const auto needs = [](const auto& slot) { return needs_looks(*slot); };
  if (!health_ || std::none_of(slots_.begin(), slots_.end(), needs)) return;
  look_timer_ =
      loop_.at(loop_.round_began() + look_every(options_.hang_limit), [this] { look_after_all(); });
}

void WorkerPool::warn(std::string warning) { warnings_.push_back(std::move(warning)); }

}  // namespace penstock::executors
