// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What kind of file system a path is on. It judges nothing.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace penstock::os {

/// The name of the network file system of this kind ("NFS"), or nothing: it may be local.
/// Source: linux/magic.h and statfs(2).
std::optional<std::string_view> network_file_system_name(std::uint32_t magic) noexcept;

/// The name of the network file system that `path` is on, if it is on one. Errors: system.
Result<std::optional<std::string_view>> network_file_system(const std::filesystem::path& path);

}  // namespace penstock::os
