// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// errno as an Error: what was tried, on what, what the system said.
#pragma once

#include <penstock/error.h>

#include <string_view>

namespace penstock::os {

/// "open /data/a.csv: Permission denied", kind "system.EACCES".
///
/// Shape: a full disk or quota is Errc::no_space (kind "disk.full", with the free bytes when
/// `target` is a path); everything else is Errc::system. Threads: any.
[[nodiscard]] Error system_error(std::string_view tried, std::string_view target, int error_number);

/// The same for the current errno. REQUIRES: nothing was called since that could change it.
[[nodiscard]] Error system_error(std::string_view tried, std::string_view target);

}  // namespace penstock::os
