// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One request on its way through libcurl: a reused easy handle, its callbacks, and the limits
// that they keep. It knows nothing of hosts, lanes or the loop.
#pragma once

#include <curl/curl.h>
#include <penstock/error.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"
#include "net/unpacker.h"

namespace penstock::net {

class BodyBuffers;
class SocketSet;

/// How far a request is; later ones are greater.
enum class Phase : std::uint8_t {
  idle,        ///< Not in use.
  waiting,     ///< Not given to libcurl yet.
  connecting,  ///< Name, TCP, TLS, or waiting for a stream.
  sent,        ///< Written, as far as we know; no answer yet.
  head,        ///< The status line is there.
  body,        ///< The headers of the final answer are there.
};

/// What a lane wants from HTTP/2.
enum class Multiplex : std::uint8_t { never, offer, wait };

/// Things of the client that its transfers share.
struct TransferShared {
  SocketSet& sockets;
  BodyBuffers& buffers;
  CURLSH* share;                  ///< The DNS cache and TLS sessions.
  TimePoint now{};                ///< When the current batch of events began.
  std::uint64_t connections = 0;  ///< Opened so far.
  std::uint64_t requests = 0;     ///< Written so far.
  bool starved = false;           ///< Something failed for want of a descriptor.
};

/// Invariants: (1) the easy handle keeps its options from request to request; what a request sets
/// is either set by all of them or compared with what the last one set. (2) A callback that
/// refuses stores the reason in refusal_ before it tells libcurl to stop.
///
/// Threads: the loop's only.
class Transfer {
 public:
  Transfer(TransferShared& shared, std::uint32_t index);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  std::uint32_t index() const noexcept { return index_; }
  CURL* easy() const noexcept { return easy_; }
  Phase phase() const noexcept { return phase_; }
  const HttpRequest& request() const noexcept { return request_; }
  int status() const noexcept { return response_.status; }
  bool is_http2() const noexcept { return http2_; }
  bool is_connected() const noexcept { return phase_ > Phase::connecting; }
  bool is_resolved() const noexcept { return resolved_ || is_connected(); }
  TimePoint sent_at() const noexcept { return response_.sent_at; }

  /// Take a request, so that it waits. REQUIRES: phase idle.
  void accept(HttpRequest request);

  /// The timeouts count from here. REQUIRES: phase waiting.
  void begin(TimePoint now) noexcept { began_at_ = now; }

  /// Set the handle up for the request. Errors: invalid ("header.value"), address.refused.
  /// REQUIRES: phase waiting.
  Status prepare(Multiplex multiplex);

  /// The error of a timeout that has passed at `now`; the connect timeout is libcurl's.
  std::optional<Error> overdue(TimePoint now) const;

  /// The end, as libcurl says it or with an error of our own. The transfer is idle afterwards.
  /// Returns what to call.
  struct Ended {
    HttpResponse response;
    std::function<void(HttpResponse)> on_done;
    bool connection_kept = false;  ///< Most probably: another request may use it now.
  };
  Ended end(CURLcode code, TimePoint now);
  Ended end(Error error, TimePoint now);

 private:
  void set_constant_options();
  void apply_profile();
  void apply_proxy();
  void apply_method();
  Status apply_headers();
  bool has_header(std::string_view wanted) const;
  Ended close(TimePoint now);
  Sent sent() const noexcept;
  std::string who() const;
  const char* overdue_kind(TimePoint now) const noexcept;

  template <typename Value>
  void set(CURLoption option, Value value);

  // The callbacks: each returns what libcurl takes as "go on", or refuses.
  std::size_t refuse(Errc code, const char* kind, std::string what);
  std::size_t take_header(std::string_view line);
  bool end_of_head();
  bool check_head(std::string_view line);
  bool open_unpacker();
  std::size_t take_packed(std::string_view bytes);
  bool take_body(std::string_view bytes);
  bool check_body(std::uint64_t bytes);
  bool write_body(std::string_view bytes);
  curl_socket_t open_socket(const curl_sockaddr& address);
  int before_request(const char* address);
  bool is_direct() const noexcept { return !proxy_ || proxy_->empty(); }
  bool refuse_address(std::optional<IpAddress> address);

  // Constant after construction.
  TransferShared& shared_;
  std::uint32_t index_;  // Its place in the client's table.
  CURL* easy_;

  // As the last request left them on the easy handle.
  std::shared_ptr<const HttpProfile> profile_;
  std::vector<Header> headers_;
  std::optional<std::string> proxy_;
  std::string method_ = "GET";
  bool has_body_ = false;
  bool headers_with_body_ = false;
  Multiplex multiplex_ = Multiplex::never;
  curl_slist* header_list_ = nullptr;
  char message_[CURL_ERROR_SIZE] = {};

  // Of the current request.
  HttpRequest request_;
  HttpResponse response_;
  BodyPlan plan_;
  std::optional<Unpacker> unpacker_;  // None: the body comes as it is.
  std::optional<Error> refusal_;
  TimePoint began_at_{};
  TimePoint heard_at_{};
  std::size_t header_bytes_ = 0;
  std::size_t header_count_ = 0;
  Phase phase_ = Phase::idle;
  bool resolved_ = false;
  bool http2_ = false;
  bool closes_ = false;  // The answer said "connection: close", or is HTTP/1.0.
};

}  // namespace penstock::net
