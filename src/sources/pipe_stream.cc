// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A pipe through its spool.
#include "sources/pipe_stream.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace penstock::sources {
namespace {

constexpr std::uint64_t kAheadBytesMax = std::uint64_t{1} << 20U;

}  // namespace

Result<std::unique_ptr<PipeStream>> PipeStream::open(PipedInput input) {
  os::Fd owned(input.fd);
  PENSTOCK_TRY(spool, Spool::open(input.spool));
  if (!spool.has_frames() && !owned) {
    return Error{.code = Errc::invalid,
                 .message = "read standard input: it is closed",
                 .kind = "input.missing"};
  }
  PENSTOCK_TRY(loop, os::EpollLoop::create());
  input.fd = owned.release();
  std::unique_ptr<PipeStream> stream(new PipeStream(std::move(spool), input));
  if (!stream->live_) return stream;
  stream->loop_ = std::move(loop);
  try {
    stream->thread_ = std::thread([raw = stream.get()] { raw->pump(); });
  } catch (const std::system_error& error) {
    return Error{.code = Errc::system,
                 .message = std::string("read standard input: no thread for it: ") + error.what(),
                 .kind = "system.thread"};
  }
  return stream;
}

PipeStream::PipeStream(Spool spool, const PipedInput& input)
    : live_(!spool.has_frames()),
      waker_(input.waker),
      spool_(std::move(spool)),
      written_to_(spool_.first_offset()),
      read_to_(spool_.first_offset()),
      input_(os::Fd(input.fd), name_) {}

PipeStream::~PipeStream() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  loop_->wake();
  thread_.join();
}

Result<std::optional<std::size_t>> PipeStream::read(std::span<char> room) {
  if (frame_given_bytes_ == frame_.payload.size() && !ended_) {
    PENSTOCK_TRY(frame, next_frame());
    if (!frame) return std::optional<std::size_t>();
    frame_ = std::move(*frame);
    frame_given_bytes_ = 0;
    ended_ = frame_.payload.empty();
  }
  const std::size_t count = std::min(room.size(), frame_.payload.size() - frame_given_bytes_);
  std::copy_n(frame_.payload.data() + frame_given_bytes_, count, room.data());
  frame_given_bytes_ += count;
  return std::optional<std::size_t>(count);
}

// The next frame; an empty one at the end; nothing while the pipe has given no more.
Result<std::optional<Spool::Frame>> PipeStream::next_frame() {
  const std::uint64_t offset = read_to_.load(std::memory_order_relaxed);
  if (live_ && offset == written_to_.load(std::memory_order_acquire)) {
    const os::MutexLock lock(mutex_);
    // The thread may have written between the two looks; then there is a frame after all.
    if (offset == written_to_) {
      if (failure_) return *failure_;
      return std::optional<Spool::Frame>();
    }
  }
  PENSTOCK_TRY(frame, spool_.read(offset));
  if (!frame && live_) {
    return Error{.code = Errc::corrupt,
                 .message = "read the spool of standard input: it was changed by somebody",
                 .kind = "input.spool"};
  }
  if (!frame) {
    incomplete_ = true;
    return std::optional<Spool::Frame>(Spool::Frame{});
  }
  read_to_ = frame->next;
  if (paused_) loop_->wake();
  return frame;
}

void PipeStream::pump() {
  if (auto status = move_blocks(); !status) {
    const os::MutexLock lock(mutex_);
    failure_ = std::move(status.error());
  }
  waker_->wake(Event::source_ready);
}

Status PipeStream::move_blocks() {
  std::vector<char> block(Spool::kFrameBytesMax);
  while (!stopping_) {
    wait_for_room();
    PENSTOCK_TRY(readable, wait_for_input());
    if (!readable) continue;
    PENSTOCK_TRY(count, input_.read_some(block));
    if (!count) continue;
    PENSTOCK_TRY(end, spool_.append(std::string_view(block.data(), *count)));
    written_to_.store(end, std::memory_order_release);
    if (*count == 0) break;
    waker_->wake(Event::source_ready);
  }
  return ok();
}

// False: woken for another reason.
Result<bool> PipeStream::wait_for_input() {
  bool readable = false;
  auto watch = loop_->watch(input_.fd(), EPOLLIN, [&readable](std::uint32_t) { readable = true; });
  if (!watch) {
    // A regular file cannot be watched, and never makes a reader wait.
    if (watch.error().kind == "system.EPERM") return true;
    return std::move(watch.error());
  }
  loop_->run_once(TimePoint::max());
  loop_->unwatch(*watch);
  return readable;
}

// The flag is set before the look, and the owner moves on before it looks at the flag: so one of
// the two sees the other (both orders are sequentially consistent).
void PipeStream::wait_for_room() {
  paused_ = true;
  while (!stopping_ && written_to_ - read_to_ > kAheadBytesMax) loop_->run_once(TimePoint::max());
  paused_ = false;
}

}  // namespace penstock::sources
