// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The lab as a running server: sockets, threads, signals. What is answered is the responder's.
#pragma once

#include "listen_address.h"
#include "responder.h"

#include <penstock/error.h>

#include <memory>

namespace penstock::lab {

class Server {
 public:
  virtual ~Server() = default;

  /// The port that was bound.
  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;

  /// Serves until SIGTERM or SIGINT. Blocks: until then.
  virtual void run() = 0;
};

/// Binds and listens at once, so that clients may connect before run().
/// REQUIRES: responder outlives the server; threads >= 1.
/// Errors: system, if an address cannot be bound.
[[nodiscard]] Result<std::unique_ptr<Server>> open_server(const ListenAddress& address,
                                                          unsigned threads, Responder& responder);

/// As many open files as the system allows this process.
void raise_open_files() noexcept;

}  // namespace penstock::lab
