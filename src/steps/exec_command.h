// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// From an item to a command: one argument for each template, whatever the item holds. Pure.
#pragma once

#include <penstock/error.h>

#include <string>
#include <vector>

#include "core/json.h"
#include "os/program.h"
#include "steps/exec_options.h"

namespace penstock::steps {

/// The command for this item, all but its `path`.
/// Errors: invalid: "item.field"; "item.argv" for a NUL.
Result<os::ProgramCommand> command_for(const ExecAsk& ask, json::Node value,
                                       const placeholders::Resolver& resolve);

/// All reserved names that its templates use.
std::vector<std::string> reserved_names_of(const ExecAsk& ask);

/// As the job has it, on one line: `["pdftotext","{file}","-"]`.
std::string outline_of(const ExecAsk& ask);

/// What would run for this item: the arguments as a JSON list, then folder, variables and input.
Result<std::string> preview_of(const ExecAsk& ask, json::Node value);

}  // namespace penstock::steps
