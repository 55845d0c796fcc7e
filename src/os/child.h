// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Child processes by pidfd: a number that may be reused is never killed and never waited for.
#pragma once

#include <penstock/error.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "os/fd.h"

namespace penstock::os {

/// How a process ended.
struct ChildEnd {
  bool known = true;  ///< False: reaped by someone else (SIGCHLD is ignored in this process).
  int signal = 0;     ///< That killed it; 0: it exited by itself.
  int status = 0;     ///< Its exit status, without a signal.
};

/// "SIGSEGV", or "signal 42".
std::string signal_name(int signal);

/// Fork: the process id in the parent, 0 in the child.
/// REQUIRES: the only thread of its process. Errors: system (EAGAIN: process limit).
Result<pid_t> fork_child();

/// Fork a child of *our parent*, which alone can wait for it: 0 in the child.
/// REQUIRES: as fork_child(). Errors: system.
Result<pid_t> fork_sibling();

/// A descriptor that stands for a process and is readable once it has ended.
/// REQUIRES: an own child that nobody has waited for, so that the number cannot be another's.
/// Errors: system.
Result<Fd> open_process(pid_t child);

/// Send a signal; one that has ended already is fine. Errors: system.
Status send_signal(const Fd& process, int signal);

/// Reap the child if it has ended. Blocks: never.
std::optional<ChildEnd> reap(const Fd& process);

/// Wait until it has ended or `patience_ms` have passed; true if it has ended. Does not reap.
bool wait_for_end(const Fd& process, int patience_ms);

/// Kill a child of which there is no descriptor, and reap it.
/// REQUIRES: as open_process(). Blocks: until the kernel has ended it.
void end_child(pid_t child);

/// Have the kernel kill this process when its parent ends. False if `parent` has ended already.
/// The parent's thread that forked counts as the parent: it must live as long as its process.
bool die_with(pid_t parent);

/// Close every descriptor from 3 up but these. REQUIRES: the only thread of its process.
void close_all_but(std::span<const int> kept);

/// Point a standard descriptor at /dev/null. Errors: system.
Status redirect_to_null(int fd);

/// The process's name in ps and top, cut to 15 bytes by the kernel.
void set_process_name(const std::string& name);

/// When memory runs out, have the kernel end this process before its parent.
void volunteer_for_oom_kill();

/// No core file and no reading by debuggers: memory may hold secrets.
void forbid_core_dumps();

}  // namespace penstock::os
