// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Help pages out of the command tables, in the order of a manual page.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"
#include "report/style.h"

namespace penstock::cli {

/// What the program is, and one line for each command.
std::string overview(std::span<const Command> commands, const report::Style& style);

/// NAME, SYNOPSIS, DESCRIPTION, OPTIONS, EXAMPLES, EXIT CODES and FILES of one command.
std::string help_page(const Command& command, const report::Style& style);

/// "penstock run [OPTION]... JOB"
std::string synopsis(const Command& command);

}  // namespace penstock::cli
