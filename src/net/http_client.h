// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Many HTTP requests at once on one event loop. It never follows a redirect, never repeats a
// request, never reads the environment, and keeps no cookies: policy is the engine's.
//
// libcurl does the protocols, but for HTTP/1.1 in the clear, which goes over plain connections of
// our own. One multi handle slows down with its connections, so a client holds several, called
// lanes. All sockets are on one private epoll descriptor that the loop watches.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/http_message.h"

namespace penstock::os {
class EpollLoop;
}

namespace penstock::net {

/// Names a request of one client; never reused.
enum class RequestId : std::uint64_t {};

/// What a client has done so far.
struct HttpCounts {
  std::uint64_t requests = 0;        ///< Written, as far as known.
  std::uint64_t connections = 0;     ///< Opened. requests - connections were on a kept one.
  std::size_t in_flight = 0;         ///< Started and not done, waiting ones included.
  std::size_t lanes = 0;             ///< One for HTTP/2, others as libcurl carries HTTP/1.1.
  std::size_t open_connections = 0;  ///< In use and idle.
};

/// Guarantee: on_done is called exactly once for every request given to start(), unless the
/// client is destroyed first: then it is dropped and never called.
/// Guarantee: one start() is at most one request on the wire. Where libcurl would silently send
/// again (a kept connection died), the request ends as "reset" instead, so limits stay true.
///
/// Threads: the loop's only. Blocks: never. REQUIRES: SIGPIPE is ignored in this process.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  virtual RequestId start(HttpRequest request) = 0;

  /// End a request soon; on_done gets Errc::cancelled unless it was done already.
  virtual void cancel(RequestId request) = 0;

  /// Take back the memory of a body that is not needed any more.
  virtual void recycle(std::string body) = 0;

  virtual HttpCounts counts() const noexcept = 0;
};

/// REQUIRES: the loop outlives the client.
/// Errors: system (no descriptors), internal (libcurl cannot start).
Result<std::unique_ptr<HttpClient>> make_http_client(os::EpollLoop& loop);

}  // namespace penstock::net
