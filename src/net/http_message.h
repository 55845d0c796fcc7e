// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What goes out and what comes back: requests, responses, and the options of a connection.
// Plain values without behaviour; http_client.h moves them.
#pragma once

#include <penstock/error.h>
#include <penstock/time.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/address_guard.h"
#include "net/proxy_rules.h"
#include "net/url.h"

namespace penstock::net {

using Header = std::pair<std::string, std::string>;

/// As header names are compared: ASCII letters without their case.
bool same_name(std::string_view a, std::string_view b) noexcept;

/// Response headers in the order of arrival, all of them in one buffer.
class HeaderList {
 public:
  /// Names are stored in lower case.
  void add(std::string_view name, std::string_view value);

  /// The first value of a name, which is given in lower case.
  std::optional<std::string_view> find(std::string_view name) const noexcept;

  std::size_t size() const noexcept { return fields_.size(); }
  std::string_view name(std::size_t index) const noexcept;
  std::string_view value(std::size_t index) const noexcept;
  void clear() noexcept;

 private:
  struct Field {
    std::uint32_t name_begin;
    std::uint32_t value_begin;
    std::uint32_t value_end;
  };
  std::string text_;
  std::vector<Field> fields_;
};

struct HttpTimeouts {
  std::chrono::milliseconds connect{10'000};     ///< Name, TCP and TLS.
  std::chrono::milliseconds first_byte{60'000};  ///< From the request to the status line.
  std::chrono::milliseconds idle{30'000};        ///< Between two pieces of the answer.
  std::chrono::milliseconds total{300'000};      ///< All of it.
};

struct HttpLimits {
  std::uint64_t body_bytes = 64 << 20;   ///< After decompression.
  std::uint64_t expansion = 200;         ///< Decompressed by received, judged above 1 MiB.
  std::size_t header_bytes = 256 << 10;  ///< All headers together, also of 1xx answers.
  std::size_t header_count = 500;        ///< Lines, also of 1xx answers.
};

/// `automatic`: HTTP/2 over TLS where the server offers it, else HTTP/1.1.
enum class HttpVersion : std::uint8_t { automatic, http1 };
enum class TlsCheck : std::uint8_t { on, off };

/// Who carries HTTP/1.1 without TLS and proxy: connections of our own, or libcurl all the same.
enum class Cleartext : std::uint8_t { own, libcurl };

/// How a step talks to its services; shared by all of its requests.
struct HttpProfile {
  HttpTimeouts timeouts;
  HttpLimits limits;
  HttpVersion version = HttpVersion::automatic;
  TlsCheck tls_check = TlsCheck::on;
  Cleartext cleartext = Cleartext::own;
  std::string ca_file;  ///< Empty: the system's. Of services and of https proxies.
  ProxyRules proxy;     ///< The environment is never asked.
};

/// What the answer's status and headers are known to be before its body is read.
struct HttpHead {
  int status = 0;
  const HeaderList& headers;
};

/// What to do with a body.
struct BodyPlan {
  enum class Action : std::uint8_t {
    keep,            ///< All of it in memory.
    keep_beginning,  ///< Up to `bytes_max`, then stop; a body that breaks off is no error, but cut.
    write,           ///< All of it to `fd`.
    stop,            ///< None of it: the transfer ends here.
  };
  Action action = Action::keep;
  int fd = -1;  ///< A regular file, borrowed until on_done.
  std::size_t bytes_max = 0;
};

/// How a request ended.
struct HttpResponse {
  std::optional<Error> error;  ///< Without one, the answer is complete or `stopped`.
  int status = 0;              ///< 0: no answer was had.
  bool stopped = false;        ///< The plan ended the transfer before the body did.
  bool cut = false;            ///< With keep_beginning: the body broke off, by itself.
  HeaderList headers;
  std::string body;                  ///< Give it back with HttpClient::recycle().
  std::uint64_t body_bytes = 0;      ///< After decompression.
  std::uint64_t received_bytes = 0;  ///< Headers and body as they came.
  TimePoint sent_at{};               ///< When the request was written; zero: never.
  TimePoint ended_at{};
};

struct HttpRequest {
  Url url;
  std::string method = "GET";
  std::vector<Header> headers;
  std::optional<std::string> body;
  std::shared_ptr<const HttpProfile> profile;  ///< Never null.
  std::shared_ptr<const AddressGuard> guard;   ///< Null: any address.

  /// Called once, when the request is about to be written. May be null. Like on_head it runs inside
  /// of whoever carries the request: it must not start, cancel or destroy anything here.
  std::function<void(TimePoint sent_at)> on_sent;

  /// Called once, on the loop, when the headers of the final answer are there. Null: keep.
  std::function<BodyPlan(const HttpHead&)> on_head;

  /// Called once, on the loop, never from within HttpClient::start().
  std::function<void(HttpResponse)> on_done;
};

}  // namespace penstock::net
