// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Stream sockets with a path in the file system: how programs of one user speak to each other.
// Read and write them with socket_pair.h's receive_some() and send_some().
#pragma once

#include <penstock/error.h>

#include <filesystem>
#include <optional>

#include "os/fd.h"

namespace penstock::os {

/// A listening, non-blocking socket at `path`, for its owner only (0600). What stands there from an
/// earlier process is replaced. Paths may be of any length; REQUIRES: the folder is trusted.
/// Errors: system.
Result<Fd> listen_local(const std::filesystem::path& path);

/// The next caller as a non-blocking socket, or nothing. Errors: system (out of descriptors).
Result<std::optional<Fd>> accept_local(const Fd& listener);

/// Call whoever listens at `path`; non-blocking from then on.
/// Errors: unavailable "socket.silent" (nobody listens there), system.
Result<Fd> connect_local(const std::filesystem::path& path);

enum class Readiness : std::uint8_t { readable, writable };

/// Wait until it is, or `patience_ms` have passed; whether it is. Blocks: so long.
bool wait_for_socket(const Fd& socket, Readiness readiness, int patience_ms);

}  // namespace penstock::os
