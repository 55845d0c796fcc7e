// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A socket of our own as the carrier of exchanges, one after the other: HTTP/1.1 without TLS and
// proxy. It knows one connection; which one a request gets is the PlainPool's.
#pragma once

#include <penstock/error.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "net/answer_parser.h"
#include "net/exchange.h"
#include "os/fd.h"

namespace penstock::net {

/// How a carried exchange ended here.
struct PlainEnd {
  Exchange* exchange = nullptr;
  std::optional<Error> error;  ///< None: the answer is whole.
  bool no_connection = false;  ///< The address did not take it.
  bool is_malformed = false;   ///< The host speaks what only libcurl may understand.
  bool connection_kept = false;
  bool was_closed = false;  ///< A kept connection that its server had closed without a word.
};

/// Threads: the loop's only.
class PlainConnection {
 public:
  /// A request can be carried so: its headers leave the framing to us.
  static bool can_carry(const HttpRequest& request);

  /// `lane` is what the socket set says of its socket.
  PlainConnection(ClientShared& shared, std::uint32_t lane, const IpAddress& address,
                  std::uint16_t port, std::string origin);
  ~PlainConnection();
  PlainConnection(const PlainConnection&) = delete;
  PlainConnection& operator=(const PlainConnection&) = delete;

  int fd() const noexcept { return socket_.get(); }
  const std::string& origin() const noexcept { return origin_; }
  TimePoint idle_since() const noexcept { return idle_since_; }
  bool is_idle() const noexcept { return exchange_ == nullptr; }

  /// Nothing has come on the idle connection, neither its end nor what nobody asked for.
  bool is_quiet() const noexcept;

  /// Begin to connect. Errors: address.refused, connect.*, what the exchange refuses.
  std::optional<PlainEnd> open(Exchange& exchange);

  /// Carry a request over the open connection. REQUIRES: idle.
  std::optional<PlainEnd> carry(Exchange& exchange);

  /// What the kernel reports. Nothing ended: none. An idle connection that speaks has ended too:
  /// its end names no exchange.
  std::optional<PlainEnd> run(std::uint32_t events, std::span<char> room);

 private:
  std::optional<PlainEnd> finish_connect();
  std::optional<PlainEnd> send();
  std::optional<PlainEnd> receive(std::span<char> room);
  std::optional<PlainEnd> take(AnswerState state);
  PlainEnd reset(std::string_view what);
  PlainEnd broken(Errc code, const char* kind, std::string_view what);
  PlainEnd connect_failed(int system_error);
  void write_head();
  void want(std::uint32_t events);

  // Constant after construction.
  ClientShared& shared_;
  std::uint32_t lane_;
  IpAddress address_;
  std::uint16_t port_;
  std::string origin_;

  os::Fd socket_;
  Exchange* exchange_ = nullptr;  // Null: idle.
  AnswerParser parser_;
  std::string head_;      // Of the request.
  std::size_t sent_ = 0;  // Of head and body.
  std::uint32_t wanted_ = 0;
  bool connected_ = false;
  bool was_used_ = false;
  TimePoint idle_since_{};
};

}  // namespace penstock::net
