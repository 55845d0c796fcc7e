// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Shell completion out of the command tables. Pure: what comes out is a script as text.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace penstock::cli {

/// A script for bash >= 4; works without the bash-completion package.
std::string bash_completion(std::span<const Command> commands);

/// A script for zsh, to be found as `_penstock` in fpath.
std::string zsh_completion(std::span<const Command> commands);

}  // namespace penstock::cli
