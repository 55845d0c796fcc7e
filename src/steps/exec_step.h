// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The exec step: one program a call, without a shell. It repeats nothing; it says how the program
// ended, and the engine decides.
#pragma once

#include <penstock/step.h>

#include <memory>

#include "steps/exec_options.h"

namespace penstock::steps {

/// Outputs, by `as`; all but `json` have "bytes", "exit", "seconds", "cpu_seconds", "peak_bytes":
///
///     json    what the program printed, compact; nothing is null
///     text    {"text":"..."}, which must be UTF-8
///     lines   {"lines":["...", ...]}
///     bytes   {"body":"..."}, or {"base64":"..."} if it is not UTF-8
std::shared_ptr<const Step> make_exec_step(ExecOptions options);

}  // namespace penstock::steps
