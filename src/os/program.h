// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Other programs: started without a shell and without a copy of this process's memory, in a process
// group of their own. What they print is program_run.h's.
#pragma once

#include <penstock/error.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "os/child.h"
#include "os/fd.h"
#include "os/group_guard.h"

namespace penstock::os {

/// What is run, and how.
struct ProgramCommand {
  std::string path;                    ///< As find_program() gave it, or absolute.
  std::vector<std::string> arguments;  ///< With the program's own name first. REQUIRES: no NUL.
  std::vector<std::pair<std::string, std::string>> variables{};  ///< On top of our environment.
  std::string folder{};                ///< Where it runs; empty: where we do.
  std::optional<std::string> input{};  ///< What it reads; none: nothing (/dev/null).
};

/// The descriptors that the program gets as its standard ones. REQUIRES: all above 2.
struct ProgramStreams {
  int input = -1;
  int output = -1;
  int errors = -1;
};

/// A program that runs. Its process id is its group's, too, until it is reaped.
struct StartedProgram {
  pid_t pid = 0;
  Fd process;  ///< Readable once it has ended.
};

/// Why a program could not be started.
struct StartFailure {
  enum class At : std::uint8_t {
    process,  ///< No process or descriptor for it: later there may be one.
    folder,   ///< It cannot run in this folder.
    program,  ///< The kernel does not run this file with these arguments.
  };
  At at = At::process;
  int error_number = 0;
};

using ProgramStart = std::variant<StartedProgram, StartFailure>;

/// What a program took.
struct ProgramUse {
  std::chrono::nanoseconds cpu{};  ///< User and system, with all that it has waited for.
  std::uint64_t memory_bytes = 0;  ///< Its peak; at least what this process had at the start.
};

struct ProgramEnd {
  ChildEnd how{};
  ProgramUse use{};
};

/// Starts programs. A program gets a process group of its own, default signals, none blocked, its
/// three streams and no other descriptor, the limits of descriptors and core files that this
/// process was born with, and SIGKILL when the thread that started it ends.
///
/// Threads: owner only. Blocks: until the program's image is loaded, some 0.2 ms.
/// REQUIRES: signals are not ignored, nor limits changed, later than this is made.
class Launcher {
 public:
  Launcher();
  Launcher(Launcher&&) noexcept;
  Launcher& operator=(Launcher&&) noexcept;
  ~Launcher();

  /// `slot` gets the group for as long as the program may live; it is the caller's to clear.
  ProgramStart start(const ProgramCommand& command, const ProgramStreams& streams,
                     GroupGuard::Slot& slot);

 private:
  static constexpr std::size_t kStackBytes = 64 << 10;

  struct Changed;  // What a program would inherit from us and not from whoever started us.

  std::unique_ptr<Changed> changed_;
  std::unique_ptr<std::byte[]> stack_;
};

/// The file that a program's name means: itself if it has a slash, else the first executable file
/// of that name in the absolute folders of `path_list` ("/usr/bin:/bin"). Nothing if there is none.
std::optional<std::string> find_program(std::string_view name, std::string_view path_list);

/// Reap a program that has ended. Nothing if it has not. Blocks: never.
std::optional<ProgramEnd> reap_program(const Fd& process);

/// Send a signal to all of a program's group. One without living members is fine.
/// REQUIRES: its leader was not reaped, so that the number cannot be another's.
void signal_group(pid_t leader, int signal) noexcept;

}  // namespace penstock::os
