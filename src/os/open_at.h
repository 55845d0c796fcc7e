// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The one place where a file is opened: flags, permissions and error kinds.
#pragma once

#include <penstock/error.h>

#include <string>
#include <string_view>

#include "os/file.h"

namespace penstock::os {

inline constexpr std::string_view kFileMissing = "file.missing";
inline constexpr std::string_view kFileExists = "file.exists";
inline constexpr std::string_view kFileSymlink = "file.symlink";

/// Open `name` relative to `folder_fd` (or AT_FDCWD); `shown` stands in messages.
/// Errors: as File::open().
Result<File> open_at(int folder_fd, const std::string& name, std::string shown, FileMode mode);

}  // namespace penstock::os
