// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// libcurl as the carrier of an exchange: a reused easy handle and its callbacks. It knows nothing
// of hosts, lanes or the loop.
#pragma once

#include <curl/curl.h>
#include <penstock/error.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/exchange.h"

namespace penstock::net {

/// What a lane wants from HTTP/2.
enum class Multiplex : std::uint8_t { never, offer, wait };

/// How libcurl is to carry a request.
struct TransferWish {
  Multiplex multiplex = Multiplex::never;
  bool new_connection = false;  ///< None that is kept, and this one is not kept either.
  bool keeps_head = false;      ///< As it came, for head().
};

/// Invariant: the easy handle keeps its options from request to request; what a request sets is
/// either set by all of them or compared with what the last one set.
///
/// Threads: the loop's only.
class Transfer {
 public:
  /// `share`: the DNS cache and TLS sessions. REQUIRES: all three outlive it.
  Transfer(ClientShared& shared, CURLSH* share, Exchange& exchange);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() const noexcept { return easy_; }
  Exchange& exchange() const noexcept { return exchange_; }

  /// Set the handle up for the request. Errors: invalid ("header.value"), address.refused.
  /// REQUIRES: the exchange waits.
  Status prepare(const TransferWish& wish);

  /// The head of the answer, if it was wished for.
  std::string_view head() const noexcept { return head_; }

  /// The end, as libcurl says it.
  Exchange::Ended end(CURLcode code, TimePoint now);

 private:
  void set_constant_options(CURLSH* share);
  void apply_profile();
  void apply_proxy();
  void apply_method();
  void apply_headers();
  bool has_header(std::string_view wanted) const;
  const HttpRequest& request() const noexcept { return exchange_.request(); }
  Error failure(CURLcode code);

  template <typename Value>
  void set(CURLoption option, Value value);

  // The callbacks: each returns what libcurl takes as "go on", or not.
  std::size_t take_line(std::string_view line);
  bool read_line(std::string_view line);
  curl_socket_t open_socket(const curl_sockaddr& address);
  int before_request(const char* address);

  // Constant after construction.
  ClientShared& shared_;
  Exchange& exchange_;
  CURL* easy_;

  // As the last request left them on the easy handle.
  std::shared_ptr<const HttpProfile> profile_;
  std::vector<Header> headers_;
  std::optional<std::string> proxy_;
  std::string method_ = "GET";
  bool has_body_ = false;
  bool headers_with_body_ = false;
  Multiplex multiplex_ = Multiplex::never;
  bool new_connection_ = false;
  curl_slist* header_list_ = nullptr;
  char message_[CURL_ERROR_SIZE] = {};

  // Of the current request.
  bool keeps_head_ = false;
  std::string head_;
};

}  // namespace penstock::net
