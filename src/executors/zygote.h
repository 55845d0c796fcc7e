// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The process from which workers are forked. It holds the steps, does nothing but fork, and never
// has a second thread.
#pragma once

#include <penstock/error.h>
#include <penstock/executors.h>
#include <penstock/step.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "os/fd.h"

namespace penstock {

/// The engine's side of the zygote. Workers are forked as its *siblings*: direct children of the
/// engine, which alone waits for them; so a pid cannot come to name another process meanwhile.
///
/// Calls: (request take_birth*)*   Threads: the engine's. Blocks: the destructor, shortly.
class Zygote {
 public:
  /// The answer to a request: the process, or why there is none.
  struct Birth {
    std::uint64_t tag = 0;
    pid_t pid = 0;                    ///< 0: there is none.
    std::array<char, 112> refused{};  ///< Why, NUL-terminated.
  };

  static Result<std::shared_ptr<Zygote>> start(StepSet steps);
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;
  ~Zygote();

  /// Ask for a worker that serves `socket` and shares `page`; both may be closed after.
  /// Errors: system (the zygote has gone).
  Status request(std::uint64_t tag, std::uint32_t index, const os::Fd& socket, const os::Fd& page);

  /// The next answer, in the order of the requests; nothing if it is still to come.
  /// Errors: system (the zygote has gone).
  Result<std::optional<Birth>> take_birth();

  /// The same, but wait for it; nothing after `patience_ms`, or when the zygote has gone.
  std::optional<Birth> wait_for_birth(int patience_ms);

  int fd() const noexcept { return socket_.get(); }  ///< Readable when an answer is there.
  pid_t pid() const noexcept { return pid_; }
  const StepSet& steps() const noexcept { return steps_; }

 private:
  Zygote(StepSet steps, pid_t pid, os::Fd process, os::Fd socket);

  StepSet steps_;
  pid_t pid_;
  os::Fd process_;
  os::Fd socket_;
};

}  // namespace penstock
