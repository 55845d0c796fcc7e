// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The worker: one loop that reads calls, runs them in a step host and sends back what finished,
// one flush a round. It exits here and nowhere else, and always without destructors: step code may
// be anywhere, and the kernel takes back everything.
#include "executors/worker_main.h"

#include <unistd.h>

#include <array>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "executors/frame_channel.h"
#include "executors/step_host.h"
#include "executors/worker_page.h"
#include "os/child.h"
#include "os/memory_file.h"
#include "os/proc_stat.h"
#include "wire/messages.h"

namespace penstock::executors {
namespace {

[[noreturn]] void leave(WorkerExit status) { ::_exit(static_cast<int>(status)); }

// Signals stay as the zygote has them.
void settle_process(const WorkerBirth& birth) {
  if (!os::die_with(birth.engine)) leave(WorkerExit::stopped);
  const std::array<int, 2> kept{birth.socket.get(), birth.page.get()};
  os::close_all_but(kept);
  os::set_process_name("penstock-w" + std::to_string(birth.index));
  os::volunteer_for_oom_kill();
  os::forbid_core_dumps();
}

Error unexpected() {
  return Error{.code = Errc::corrupt,
               .message = "read frame: a worker does not expect this kind now",
               .kind = "wire.corrupt"};
}

FinishedCall too_large(const FinishedCall& call) {
  FinishedCall failed{
      .id = call.id, .sent_at = call.sent_at, .elapsed = call.elapsed, .verdicts = {}};
  failed.verdicts.resize(
      call.verdicts.size(),
      ItemVerdict{.outcome = Outcome::failed,
                  .error = {.code = Errc::invalid,
                            .message = "hand over outputs: more than 1 GiB in one call",
                            .kind = "output.too_large",
                            .sent = Sent::yes}});
  return failed;
}

class Worker {
 public:
  Worker(const StepSet& steps, os::EpollLoop& loop, WorkerPage& page, os::Fd socket)
      : steps_(steps), loop_(loop), page_(page), channel_(std::move(socket)) {}

  [[noreturn]] void serve() {
    auto watch = loop_.watch(channel_.fd(), EPOLLIN, [this](std::uint32_t events) {
      if ((events & ~std::uint32_t{EPOLLOUT}) != 0) read();
    });
    if (!watch) leave(WorkerExit::no_start);
    watch_ = *watch;
    for (;;) {
      loop_.run_once(next_heartbeat());
      page_.loop.beat();
      show_use();
      if (host_) send_news();
      flush();
    }
  }

 private:
  // A worker without calls sleeps for as long as it likes: nobody looks at its heart.
  TimePoint next_heartbeat() const {
    if (!host_ || host_->load() == 0) return TimePoint::max();
    return loop_.round_began() + heartbeat_every_;
  }

  void read() {
    const auto intake = channel_.fill();
    for (;;) {
      const auto message = channel_.next();
      if (!message) leave(WorkerExit::bad_wire);
      if (!*message) break;
      if (!take(**message)) leave(WorkerExit::bad_wire);
    }
    if (!intake || *intake == Intake::closed) leave(WorkerExit::stopped);
  }

  Status take(const Message& message) {
    switch (message.kind) {
      case wire::Kind::settings:
        return take_settings(message.payload);
      case wire::Kind::work:
        return take_work(message.payload);
      case wire::Kind::cancel:
        return take_cancels(message.payload);
      case wire::Kind::stop:
        leave(WorkerExit::stopped);
      case wire::Kind::hello:
      case wire::Kind::started:
      case wire::Kind::finished:
        break;
    }
    return unexpected();
  }

  Status take_settings(std::string_view payload) {
    PENSTOCK_TRY(settings, wire::decode_settings(payload));
    heartbeat_every_ = settings.heartbeat_every;
    if (host_) {
      host_->set_concurrency(settings.concurrency);
      return ok();
    }
    try {
      host_.emplace(steps_, loop_, page_,
                    StepHost::Setting{.worker = settings.worker,
                                      .concurrency = settings.concurrency,
                                      .compute = ComputeMode::on_thread,
                                      .files_folder = std::move(settings.files_folder),
                                      .on_news = [] {}});
    } catch (...) {
      leave(WorkerExit::no_start);  // The engine sees that no hello came.
    }
    // At once: a crash in the first call must not look like a failed start.
    PENSTOCK_CHECK(channel_.push(wire::Kind::hello, wire::encode_hello()));
    flush();
    return ok();
  }

  Status take_work(std::string_view payload) {
    if (!host_) return unexpected();
    PENSTOCK_TRY(calls, wire::decode_calls(payload));
    for (Call& call : calls) host_->add(std::move(call));
    return ok();
  }

  Status take_cancels(std::string_view payload) {
    if (!host_) return unexpected();
    PENSTOCK_TRY(calls, wire::decode_cancels(payload));
    for (const CallId call : calls) host_->cancel_call(call);
    return ok();
  }

  void send_news() {
    std::string started;
    for (const StartedCall& call : host_->take_started()) wire::encode_started(call, started);
    if (!started.empty()) (void)channel_.push(wire::Kind::started, started);
    for (const FinishedCall& call : host_->take_finished()) append(call);
    if (!batch_.empty()) (void)send_batch();
  }

  void append(const FinishedCall& call) {
    const std::size_t before = batch_.size();
    wire::encode_finished(call, batch_);
    if (batch_.size() < kBatchBytes || send_batch()) return;
    // Only this call can have made the batch too large for any frame: what was before is small.
    batch_.resize(before);
    wire::encode_finished(too_large(call), batch_);
    (void)send_batch();
  }

  Status send_batch() {
    PENSTOCK_CHECK(channel_.push(wire::Kind::finished, batch_));
    batch_.clear();
    return ok();
  }

  void flush() {
    const auto sent = channel_.flush();
    if (!sent) leave(WorkerExit::stopped);
    const bool blocked = !*sent;
    if (blocked == blocked_) return;
    blocked_ = blocked;
    (void)loop_.change(watch_, EPOLLIN | (blocked ? std::uint32_t{EPOLLOUT} : 0U));
  }

  // Once a second, not for each round: it reads a file.
  void show_use() {
    if (loop_.round_began() < next_use_) return;
    next_use_ = loop_.round_began() + std::chrono::seconds(1);
    const auto use = os::process_use(::getpid());
    if (!use) return;
    page_.rss_bytes.store(use->rss_bytes, std::memory_order_relaxed);
    page_.cpu_ns.store(static_cast<std::uint64_t>(use->cpu.count()), std::memory_order_relaxed);
  }

  const StepSet& steps_;
  os::EpollLoop& loop_;
  WorkerPage& page_;
  FrameChannel channel_;
  os::WatchId watch_{};
  bool blocked_ = false;
  std::chrono::milliseconds heartbeat_every_{1'000};
  TimePoint next_use_{};
  std::string batch_;
  std::optional<StepHost> host_;
};

}  // namespace

void worker_main(WorkerBirth birth) {
  settle_process(birth);
  auto page = os::map_shared_file(birth.page, sizeof(WorkerPage));
  if (!page) leave(WorkerExit::no_start);
  birth.page.reset();
  auto loop = os::EpollLoop::create();
  if (!loop) leave(WorkerExit::no_start);
  // The engine has constructed it; only atomics stand in it.
  auto* shared = std::launder(reinterpret_cast<WorkerPage*>(page->bytes().data()));
  Worker(birth.steps, **loop, *shared, std::move(birth.socket)).serve();
}

}  // namespace penstock::executors
