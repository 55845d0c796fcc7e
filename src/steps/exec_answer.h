// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// From a program that has ended, or never began, to a verdict. Pure, and the CPU-heavy half of the
// exec step, so it may run on a compute thread.
#pragma once

#include <penstock/executor.h>

#include <string>

#include "os/program_run.h"
#include "steps/exec_options.h"

namespace penstock::steps {

/// The exit code by which a program asks to be run again later (EX_TEMPFAIL of sysexits.h).
inline constexpr int kExitTemporary = 75;

/// The verdict.
///
///     an exit code of `take.exit_codes`  done, or failed if the output is not what `as` needs
///     exit code 75                       unavailable ("exec.tempfail"), as if it had not run
///     another exit code                  rejected ("exec.exit")
///     SIGKILL that is not ours           unavailable ("exec.killed")
///     another signal                     rejected ("exec.signal")
///     stopped by us                      timeout ("exec.timeout"), cancelled, rejected
///                                        ("exec.output_too_large")
///
/// Messages end with the last lines of its standard error.
ItemVerdict verdict_of(const ExecTake& take, const std::string& program,
                       const os::ProgramResult& result);

/// Nothing is wrong with the item: there is no process or memory for it now. (Where descriptors are
/// missing, the executor takes the call back and gives this worker fewer.)
bool is_starved(const os::StartFailure& failure) noexcept;

/// Errors: "exec.start", "exec.descriptors", "exec.folder", "exec.too_long", "exec.not_found",
/// "exec.not_executable".
Error start_error(const std::string& program, const os::StartFailure& failure);

Error not_found_error(const std::string& program);

}  // namespace penstock::steps
