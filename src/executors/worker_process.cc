// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The engine's end of the wire. Settings are queued before anything else, so that they are the
// first thing that a worker reads.
#include "executors/worker_process.h"

#include <algorithm>
#include <csignal>
#include <new>
#include <utility>

#include "os/child.h"
#include "os/socket_pair.h"

namespace penstock::executors {
namespace {

Error nonsense(const std::string& what) {
  return Error{.code = Errc::corrupt, .message = "read worker: " + what, .kind = "wire.corrupt"};
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::request(Zygote& zygote, std::uint64_t tag,
                                                              const wire::Settings& settings,
                                                              Duration hang_limit) {
  PENSTOCK_TRY(pair, os::make_socket_pair(os::SocketKind::stream));
  PENSTOCK_TRY(page_file, os::make_shared_file(sizeof(WorkerPage)));
  PENSTOCK_TRY(page, os::map_shared_file(page_file, sizeof(WorkerPage)));
  PENSTOCK_CHECK(zygote.request(tag, settings.worker, pair.second, page_file));
  auto process = std::unique_ptr<WorkerProcess>(
      new WorkerProcess(tag, settings.worker, hang_limit, std::move(pair.first), std::move(page)));
  process->set(settings);
  return process;
}

WorkerProcess::WorkerProcess(std::uint64_t tag, std::uint32_t index, Duration hang_limit,
                             os::Fd socket, os::Mapping page)
    : tag_(tag),
      index_(index),
      hang_limit_(hang_limit),
      channel_(std::move(socket)),
      mapping_(std::move(page)),
      page_(new (mapping_.bytes().data()) WorkerPage),
      hang_watch_(hang_limit) {}

Status WorkerProcess::born(pid_t pid) {
  auto process = os::open_process(pid);
  if (!process) {
    os::end_child(pid);
    return std::move(process.error());
  }
  pid_ = pid;
  process_ = std::move(*process);
  if (doomed_) return os::send_signal(process_, SIGKILL);
  return ok();
}

// The hello may arrive before the zygote's word of the birth: only both make it ready.
WorkerProcess::State WorkerProcess::state() const noexcept {
  if (!process_) return State::unborn;
  return said_hello_ ? State::ready : State::starting;
}

Status WorkerProcess::push_batch() {
  if (batch_.empty()) return ok();
  PENSTOCK_CHECK(channel_.push(wire::Kind::work, batch_));
  batch_.clear();
  return ok();
}

Status WorkerProcess::give(const Call& call) {
  const std::size_t before = batch_.size();
  wire::encode_call(call, batch_);
  if (batch_.size() >= kBatchBytes) {
    if (auto pushed = push_batch(); !pushed) {
      batch_.resize(before);  // Only this call can have made the batch too large.
      return pushed;
    }
  }
  open_.emplace(call.id, OpenCall{.id = call.id, .items = call.items.size(), .alone = call.alone});
  return ok();
}

void WorkerProcess::cancel(CallId call) {
  std::string payload;
  wire::encode_cancel(call, payload);
  (void)push_batch();  // Small, so it fits: the call must arrive before its cancellation.
  (void)channel_.push(wire::Kind::cancel, payload);
}

void WorkerProcess::set(const wire::Settings& settings) {
  (void)channel_.push(wire::Kind::settings, wire::encode_settings(settings));
}

Result<bool> WorkerProcess::flush() {
  PENSTOCK_CHECK(push_batch());
  return channel_.flush();
}

Result<Intake> WorkerProcess::read(News& news) {
  PENSTOCK_TRY(intake, channel_.fill());
  for (;;) {
    PENSTOCK_TRY(message, channel_.next());
    if (!message) return intake;
    PENSTOCK_CHECK(take(*message, news));
  }
}

Status WorkerProcess::take(const Message& message, News& news) {
  if (message.kind == wire::Kind::finished) return take_finished(message.payload, news);
  if (message.kind == wire::Kind::started) return take_started(message.payload, news);
  if (message.kind != wire::Kind::hello) return nonsense("a frame that an engine does not expect");
  PENSTOCK_CHECK(wire::decode_hello(message.payload));
  said_hello_ = true;
  return ok();
}

Status WorkerProcess::take_started(std::string_view payload, News& news) {
  PENSTOCK_TRY(calls, wire::decode_started(payload));
  for (const StartedCall& call : calls) {
    // It may have come back meanwhile: then nobody wants to know.
    if (open_.contains(call.id)) news.started.push_back(call);
  }
  return ok();
}

Status WorkerProcess::take_finished(std::string_view payload, News& news) {
  PENSTOCK_TRY(calls, wire::decode_finished(payload));
  for (FinishedCall& call : calls) {
    const auto open = open_.find(call.id);
    if (open == open_.end()) return nonsense("an answer to a call that it does not have");
    if (!call.verdicts.empty() && call.verdicts.size() != open->second.items) {
      return nonsense("more or fewer verdicts than the call has items");
    }
    open_.erase(open);
    ++calls_done_;
    news.finished.push_back(std::move(call));
  }
  return ok();
}

Hung WorkerProcess::look(TimePoint now) noexcept {
  const Pulse pulse{.loop_beats = page_->loop.beats.load(std::memory_order_relaxed),
                    .compute_beats = page_->compute.beats.load(std::memory_order_relaxed),
                    .loop_must_beat = !open_.empty() || state() != State::ready || stopping_,
                    .compute_must_beat = page_->compute.call().has_value()};
  return hang_watch_.look(pulse, now);
}

void WorkerProcess::kill(Hung hung) {
  if (std::exchange(doomed_, true)) return;  // What it was killed for first counts.
  hung_ = hung;
  if (process_) (void)os::send_signal(process_, SIGKILL);
}

void WorkerProcess::stop() {
  if (std::exchange(stopping_, true)) return;
  (void)channel_.push(wire::Kind::stop, {});
}

std::optional<WorkerEnd> WorkerProcess::end() const {
  const auto how = os::reap(process_);
  if (!how) return std::nullopt;
  return WorkerEnd{.worker = index_,
                   .pid = pid_,
                   .how = *how,
                   .hung = hung_,
                   .hang_limit = hang_limit_,
                   .loop_call = page_->loop.call(),
                   .compute_call = page_->compute.call()};
}

bool WorkerProcess::wait_for_end(int patience_ms) const {
  return os::wait_for_end(process_, patience_ms);
}

std::vector<OpenCall> WorkerProcess::take_open() {
  std::vector<OpenCall> calls;
  for (const auto& [id, call] : open_) calls.push_back(call);
  open_.clear();
  return calls;
}

}  // namespace penstock::executors
