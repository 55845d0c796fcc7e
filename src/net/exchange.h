// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One request, what has come of its answer, and every limit on it. Whoever carries it (a Transfer
// of libcurl's or a PlainConnection) tells what happens; it knows nothing of either.
#pragma once

#include <penstock/error.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.h"
#include "net/unpacker.h"

namespace penstock::net {

class BodyBuffers;
class SocketSet;

/// How far a request is; later ones are greater.
enum class Phase : std::uint8_t {
  idle,        ///< Not in use.
  waiting,     ///< Not given to a carrier yet.
  connecting,  ///< Name, TCP, TLS, or waiting for a stream.
  sent,        ///< Written, as far as we know; no answer yet.
  head,        ///< The status line is there.
  body,        ///< The headers of the final answer are there.
};

/// Things of the client that all of its requests share.
struct ClientShared {
  SocketSet& sockets;
  BodyBuffers& buffers;
  TimePoint now{};                ///< When the current batch of events began.
  std::uint64_t connections = 0;  ///< Opened so far.
  std::uint64_t requests = 0;     ///< Written so far.
  bool starved = false;           ///< Something failed for want of a descriptor.
};

/// "HTTP/1.1 200": what a status line says.
struct StatusLine {
  enum class Version : std::uint8_t { http10, http11, http2 };
  int status = 0;
  Version version = Version::http11;
};

/// Who watches the connect timeout.
enum class ConnectTimer : std::uint8_t { carrier, exchange };

/// Invariant: whatever refuses stores the reason in refusal_ before it tells the carrier to stop.
///
/// Threads: the loop's only.
class Exchange {
 public:
  Exchange(ClientShared& shared, std::uint32_t index) : shared_(shared), index_(index) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  std::uint32_t index() const noexcept { return index_; }
  Phase phase() const noexcept { return phase_; }
  const HttpRequest& request() const noexcept { return request_; }
  std::string_view proxy() const noexcept { return proxy_; }  ///< Empty: none.
  bool is_direct() const noexcept { return proxy_.empty(); }
  bool is_http2() const noexcept { return http2_; }
  bool is_connected() const noexcept { return phase_ > Phase::connecting; }
  bool is_resolved() const noexcept { return resolved_ || is_connected(); }
  TimePoint sent_at() const noexcept { return response_.sent_at; }
  std::string who() const;  ///< "GET example.org".

  /// Where the request went to, if that was the host itself.
  const std::optional<IpAddress>& address() const noexcept { return address_; }

  /// Take a request, so that it waits. REQUIRES: phase idle.
  void accept(HttpRequest request);

  /// The timeouts count from here. REQUIRES: phase waiting.
  void begin(TimePoint now) noexcept { began_at_ = now; }

  /// A carrier takes it. Errors: invalid ("header.value"). REQUIRES: phase waiting.
  Status carry(ConnectTimer timer);

  /// Errors: address.refused, for an address that a proxy is to call.
  Status check_proxied(const IpAddress& literal);

  /// Its carrier found no connection; another one may. REQUIRES: phase connecting.
  void wait_again() noexcept { phase_ = Phase::waiting; }

  /// The error of a timeout that has passed at `now`.
  std::optional<Error> overdue(TimePoint now) const;

  // What a carrier tells, in this order. False: it must stop, and break_off().
  bool may_connect(const std::optional<IpAddress>& address);
  bool may_send(const std::optional<IpAddress>& address);  ///< About to be written.
  void heard() noexcept;                                   ///< Something came, whatever it says.
  bool take_line_bytes(std::size_t bytes);                 ///< Before each line of the head.
  void take_status(StatusLine line);
  void take_field(std::string_view name, std::string_view value);  ///< Or a trailer.
  bool end_of_head();                                              ///< Not of 1xx answers.
  bool take_packed(std::string_view bytes);

  // What it finds wrong itself.
  void refuse(Errc code, const char* kind, std::string what);
  void lacks_descriptors(const Error& why);

  /// Of the latest status line: another one will follow.
  bool is_informational() const noexcept { return response_.status < 200; }
  /// Told to stop.
  bool is_refused() const noexcept { return refusal_.has_value() || response_.stopped; }

  /// The end; the exchange is idle afterwards. Returns what to call.
  struct Ended {
    HttpResponse response;
    std::function<void(HttpResponse)> on_done;
    bool connection_kept = false;  ///< Most probably: another request may use it now.
  };
  Ended complete(TimePoint now);              ///< The carrier says that all of it has come.
  Ended break_off(Error why, TimePoint now);  ///< It has not; `why` unless we stopped it.
  Ended fail(Error why, TimePoint now);       ///< Whatever has come does not count.

 private:
  Ended close(TimePoint now);
  Sent sent() const noexcept;
  const char* overdue_kind(TimePoint now) const noexcept;
  bool open_unpacker();
  bool take_body(std::string_view bytes);
  bool check_body(std::uint64_t bytes);
  bool write_body(std::string_view bytes);
  bool refuse_address(const std::optional<IpAddress>& address);

  // Constant after construction.
  ClientShared& shared_;
  std::uint32_t index_;  // Its place in the client's table.

  // Of the current request.
  HttpRequest request_;
  std::string_view proxy_;  // In the request's profile.
  HttpResponse response_;
  BodyPlan plan_;
  std::optional<Unpacker> unpacker_;  // None: the body comes as it is.
  std::optional<Error> refusal_;
  std::optional<IpAddress> address_;
  TimePoint began_at_{};
  TimePoint carried_at_{};
  TimePoint heard_at_{};
  std::uint64_t packed_bytes_ = 0;
  std::size_t header_bytes_ = 0;
  std::size_t header_count_ = 0;
  Phase phase_ = Phase::idle;
  ConnectTimer connect_timer_ = ConnectTimer::carrier;
  bool resolved_ = false;
  bool http2_ = false;
  bool closes_ = false;  // The answer said "connection: close", or is HTTP/1.0.
};

}  // namespace penstock::net
