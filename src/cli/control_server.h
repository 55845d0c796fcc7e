// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ear of a living run: a socket in its folder, served by the engine's own loop.
#pragma once

#include <penstock/error.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "os/epoll_loop.h"
#include "os/fd.h"

namespace penstock::cli {

/// Answers lines with lines. A caller that sends too much, or does not read its answers, is hung
/// up on; nobody can make the run wait.
///
/// Threads: the loop's. Memory: at most kCallersMax callers with 64 KiB each way.
class ControlServer {
 public:
  static constexpr std::size_t kCallersMax = 16;

  /// Gives the answer to one line, without line ends.
  using Respond = std::function<std::string(std::string_view line)>;

  /// Listen at `socket`; the loop is borrowed. Errors: system.
  static Result<std::unique_ptr<ControlServer>> open(const std::filesystem::path& socket,
                                                     os::EpollLoop& loop, Respond respond);
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  ~ControlServer();

 private:
  struct Caller {
    os::Fd socket;
    os::WatchId watch{};
    std::string heard;
  };

  ControlServer(std::filesystem::path path, os::EpollLoop& loop, Respond respond);
  Status listen();
  void rest();
  void accept();
  void hear(int fd);
  bool answer_lines(Caller& caller);
  void hang_up(int fd);

  std::filesystem::path path_;
  os::EpollLoop& loop_;
  Respond respond_;
  os::Fd listener_;
  os::WatchId watch_{};  // None while it rests.
  os::TimerId rest_{};
  std::map<int, Caller> callers_;
};

/// Ask the run whose socket this is, and wait for its answer (at most some seconds).
/// Errors: unavailable "socket.silent" (no run is going on), timeout, system.
Result<std::string> ask_run(const std::filesystem::path& socket, std::string_view line);

}  // namespace penstock::cli
