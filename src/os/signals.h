// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Signals as descriptors, and what children start with. No handler is ever installed here.
#pragma once

#include <penstock/error.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include "os/fd.h"

namespace penstock::os {

/// Blocks some signals and gives them out by a descriptor instead. Unblocks them when destroyed.
///
/// REQUIRES: made before the first thread, since threads inherit what is blocked.
/// Threads: owner only. Blocks: never.
class SignalSource {
 public:
  /// Errors: system.
  static Result<SignalSource> open(std::initializer_list<int> signals);
  SignalSource(SignalSource&&) noexcept;
  SignalSource& operator=(SignalSource&&) noexcept = delete;
  ~SignalSource();

  /// Readable when a signal is there: watch it in a loop.
  int fd() const noexcept { return fd_.get(); }

  /// The next signal that arrived, or nothing.
  std::optional<int> take() noexcept;

  /// From here on these signals end the process, as they do by default.
  void let_go() noexcept;

 private:
  struct Mask;
  SignalSource(Fd fd, std::unique_ptr<Mask> mask);

  Fd fd_;
  std::unique_ptr<Mask> mask_;
};

/// Every signal to its default but these, which are ignored; and none blocked: what a new child
/// must start with, since blocked and ignored signals survive fork and exec.
/// REQUIRES: the only thread of its process.
void reset_signals(std::initializer_list<int> ignored = {}) noexcept;

}  // namespace penstock::os
