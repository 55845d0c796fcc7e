// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One worker process as the engine sees it: its socket, its page, its calls. It decides nothing:
// who gets which call, and what follows an end, is the pool's.
#pragma once

#include <penstock/error.h>
#include <penstock/executor.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "executors/blame.h"
#include "executors/frame_channel.h"
#include "executors/hang_watch.h"
#include "executors/worker_page.h"
#include "executors/zygote.h"
#include "os/fd.h"
#include "os/memory_file.h"
#include "wire/messages.h"

namespace penstock::executors {

/// What a worker has told.
struct News {
  std::vector<StartedCall> started;
  std::vector<FinishedCall> finished;
};

/// States: unborn -> starting -> ready, by born() and by the worker's hello. Calls may be given in
/// all of them: the socket keeps them. stop() or kill() may come at any time, then the end.
///
/// Guarantee: every call given comes out once, of read() or of take_open().
/// Threads: the engine's. Blocks: never, but for wait_for_end().
class WorkerProcess {
 public:
  enum class State : std::uint8_t { unborn, starting, ready };

  /// Ask the zygote for a worker. Errors: system (out of descriptors; the zygote has gone).
  static Result<std::unique_ptr<WorkerProcess>> request(Zygote& zygote, std::uint64_t tag,
                                                        const wire::Settings& settings,
                                                        Duration hang_limit);

  /// The zygote's answer. Errors: system (out of descriptors; the process is then killed).
  Status born(pid_t pid);

  /// Queue a call; flush() sends it. Errors: invalid "wire.too_large"; it is then not given.
  Status give(const Call& call);
  void cancel(CallId call);
  void set(const wire::Settings& settings);

  /// Send what is queued, as far as it fits; true when all went. Errors: system (it has gone).
  Result<bool> flush();

  /// Read what is there, up to a limit, and append what it tells to `news`.
  /// Errors: corrupt (what it writes makes no sense: kill it), system.
  Result<Intake> read(News& news);

  /// Whether it hangs. REQUIRES: as HangWatch::look().
  Hung look(TimePoint now) noexcept;

  /// SIGKILL, now or as soon as it is born. `hung` is what it is blamed for.
  void kill(Hung hung);

  /// Ask it to exit, with the next flush(). Calls that it still has come out of take_open().
  void stop();

  /// How it ended; nothing while it lives. REQUIRES: read() until there is no more.
  std::optional<WorkerEnd> end() const;
  bool wait_for_end(int patience_ms) const;

  /// All calls that are still with it; afterwards there are none.
  std::vector<OpenCall> take_open();

  bool has(CallId call) const { return open_.contains(call); }
  std::size_t in_flight() const noexcept { return open_.size(); }
  std::uint64_t calls_done() const noexcept { return calls_done_; }
  std::uint64_t tag() const noexcept { return tag_; }
  State state() const noexcept;
  bool is_stopping() const noexcept { return stopping_; }
  pid_t pid() const noexcept { return pid_; }
  const WorkerPage& page() const noexcept { return *page_; }
  int socket_fd() const noexcept { return channel_.fd(); }
  int process_fd() const noexcept { return process_.get(); }

 private:
  WorkerProcess(std::uint64_t tag, std::uint32_t index, Duration hang_limit, os::Fd socket,
                os::Mapping page);
  Status push_batch();
  Status take(const Message& message, News& news);
  Status take_finished(std::string_view payload, News& news);
  Status take_started(std::string_view payload, News& news);

  std::uint64_t tag_;
  std::uint32_t index_;
  Duration hang_limit_;
  FrameChannel channel_;
  os::Mapping mapping_;
  WorkerPage* page_;  // In mapping_.
  HangWatch hang_watch_;
  bool said_hello_ = false;
  bool stopping_ = false;
  bool doomed_ = false;  // Killed before it was born.
  Hung hung_ = Hung::no;
  pid_t pid_ = 0;
  os::Fd process_;
  std::string batch_;
  std::unordered_map<CallId, OpenCall> open_;
  std::uint64_t calls_done_ = 0;
};

}  // namespace penstock::executors
