// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One program from its start to its end in a loop: what it prints, how it is stopped, what is left
// of it. It judges nothing.
#pragma once

#include <penstock/error.h>
#include <penstock/time.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "os/epoll_loop.h"
#include "os/fd.h"
#include "os/group_guard.h"
#include "os/program.h"

namespace penstock::os {

struct ProgramLimits {
  std::uint64_t output_bytes = 64 << 20;                     ///< Of its standard output.
  std::chrono::nanoseconds timeout{0};                       ///< 0: none.
  std::chrono::nanoseconds grace = std::chrono::seconds(5);  ///< From SIGTERM to SIGKILL.
};

/// Why we stopped a program, if we did.
enum class Stopped : std::uint8_t { no, timeout, cancelled, output };

struct ProgramResult {
  Stopped stopped = Stopped::no;
  ProgramEnd end{};
  std::string output;       ///< At most `output_bytes`.
  std::string errors_tail;  ///< The last of its standard error, at most kErrorsTailBytes.
  TimePoint began{};
  TimePoint ended{};
};

/// What a program without input reads. Errors: system.
Result<Fd> open_nothing();

/// What all programs of a worker share.
struct ProgramSite {
  EpollLoop& loop;
  Launcher& launcher;
  GroupGuard& guard;
  const Fd& nothing;  ///< /dev/null, for programs without input.
};

/// The end of the program decides: what it left running may add to its output for kDrain, and is
/// then killed. A program is stopped by SIGTERM to its group and, `grace` later, SIGKILL.
///
/// Threads: the loop's. Blocks: as Launcher::start(); the destructor, which kills a program that
/// still runs, until it has ended.
class ProgramRun {
 public:
  using OnDone = std::function<void(ProgramResult)>;
  static constexpr std::size_t kErrorsTailBytes = 4 << 10;
  static constexpr std::chrono::milliseconds kDrain{100};

  /// `on_done` is called once, from the loop and never from here. It may destroy this object.
  static std::variant<std::unique_ptr<ProgramRun>, StartFailure> start(
      const ProgramSite& site, const ProgramCommand& command, const ProgramLimits& limits,
      OnDone on_done);
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;
  ~ProgramRun();

  /// Stop it, unless it has ended or is being stopped. `grace` may be shorter than its limit.
  void stop(Stopped why, std::chrono::nanoseconds grace);

  TimePoint began() const noexcept { return result_.began; }

 private:
  // One of its two streams; closed when `fd` holds none.
  struct Stream {
    Fd fd;
    WatchId watch{};
  };
  enum class Read : std::uint8_t { more, empty, end };

  ProgramRun(const ProgramSite& site, const ProgramLimits& limits, OnDone on_done);
  std::optional<StartFailure> begin(const ProgramCommand& command);
  std::optional<StartFailure> watch_all();
  Read read_some(Stream& stream);
  void on_readable(Stream& stream);
  void on_end();
  void drain(Stream& stream);
  void take(const Stream& stream, std::string_view bytes);
  void close(Stream& stream);
  bool is_silent() const noexcept { return !output_.fd && !errors_.fd; }
  void kill_group();
  void finish();
  void clear_away();

  ProgramSite site_;
  ProgramLimits limits_;
  OnDone on_done_;
  GroupGuard::Slot* slot_ = nullptr;
  StartedProgram program_;
  bool ended_ = false;  // It is a zombie: its number is still its own.
  WatchId end_watch_{};
  Stream output_;
  Stream errors_;
  TimerId timer_{};  // The timeout; then the grace; then the drain.
  TimePoint kill_at_{};
  ProgramResult result_;
};

}  // namespace penstock::os
