// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A pipe as a byte stream. A thread moves its bytes into the spool; the owner reads the spool, so
// that a run that goes on after a crash reads the very same bytes by the very same code.
#pragma once

#include <penstock/clock.h>
#include <penstock/sources.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "os/epoll_loop.h"
#include "os/file.h"
#include "os/mutex.h"
#include "sources/byte_stream.h"
#include "sources/spool.h"

namespace penstock::sources {

/// Order: a byte is in the spool before read() gives it out, hence sync() covers all that was read.
/// Bounded: the thread stops reading the pipe 1 MiB ahead of read().
///
/// Threads: sync() any, everything else the owner. Blocks: sync() on the disk; the destructor until
/// the thread has ended, which is at once.
class PipeStream final : public ByteStream {
 public:
  /// Errors: invalid (no pipe, and no spool of an earlier run), corrupt, no_space, system.
  static Result<std::unique_ptr<PipeStream>> open(PipedInput input);
  PipeStream(const PipeStream&) = delete;
  PipeStream& operator=(const PipeStream&) = delete;
  ~PipeStream() override;

  /// Nothing: no more yet; Event::source_ready comes when there is.
  Result<std::optional<std::size_t>> read(std::span<char> room) override;
  const std::string& name() const override { return name_; }
  bool incomplete() const override { return incomplete_; }

  /// What read() has given out is on disk.
  Status sync() { return spool_.sync(); }

  /// Whether a pipe is being read, and not the spool of an earlier run.
  bool is_live() const noexcept { return live_; }

  /// How much read() has taken from the spool.
  std::uint64_t read_bytes() const noexcept { return read_to_.load(std::memory_order_relaxed); }

 private:
  PipeStream(Spool spool, const PipedInput& input);
  Result<std::optional<Spool::Frame>> next_frame();

  // The thread's.
  void pump();
  Status move_blocks();
  Result<bool> wait_for_input();
  void wait_for_room();

  // Constant after open().
  const std::string name_ = "standard input";
  const bool live_;
  Waker* const waker_;

  // Owner only.
  Spool::Frame frame_;
  std::size_t frame_given_bytes_ = 0;
  bool ended_ = false;
  bool incomplete_ = false;

  // Shared.
  Spool spool_;
  std::atomic<std::uint64_t> written_to_{0};  // The thread stores it, behind the bytes.
  std::atomic<std::uint64_t> read_to_{0};     // The owner stores it.
  std::atomic<bool> paused_{false};
  std::atomic<bool> stopping_{false};
  os::Mutex mutex_;
  std::optional<Error> failure_ PENSTOCK_LOCKS(guarded_by(mutex_));

  // The thread's; of the loop, wake() is everybody's.
  os::File input_;
  std::unique_ptr<os::EpollLoop> loop_;
  std::thread thread_;
};

}  // namespace penstock::sources
