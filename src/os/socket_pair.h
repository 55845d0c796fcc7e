// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Connected local sockets that carry bytes and descriptors between processes of one program.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "os/fd.h"

namespace penstock::os {

enum class SocketKind : std::uint8_t {
  stream,    ///< Bytes; neither end blocks.
  messages,  ///< Whole messages of a few bytes; the second end blocks, the first does not.
};

/// Errors: system (out of descriptors).
Result<std::pair<Fd, Fd>> make_socket_pair(SocketKind kind);

/// Send what fits, with `attached` on the first byte; how many bytes went, 0 if none fits now.
/// Errors: system (EPIPE: the peer has gone). Never raises SIGPIPE.
Result<std::size_t> send_some(const Fd& socket, std::string_view bytes,
                              std::span<const int> attached = {});

struct Received {
  std::size_t bytes = 0;     ///< 0 and not `empty`: the peer has closed.
  bool empty = false;        ///< Nothing is there now.
  std::vector<Fd> attached;  ///< In the order in which they were sent; close-on-exec.
};

/// Read what is there into `room`. Errors: system; EMFILE when attached descriptors were lost.
Result<Received> receive_some(const Fd& socket, std::span<char> room);

/// Wait until there is something to read, or the end, or `patience_ms` have passed; true if there
/// is.
bool wait_readable(const Fd& fd, int patience_ms);

}  // namespace penstock::os
