// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Options before a request, callbacks while it runs, its result code after it.
#include "net/transfer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "net/socket_set.h"
#include "net/transfer_error.h"
#include "os/system_error.h"

namespace penstock::net {
namespace {

bool is_resolving_failure(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY;
}

/// Resolvers say "no such name" when they cannot open a file or a socket, so we try it.
bool lacks_descriptors() {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno == EMFILE || errno == ENFILE;
  ::close(fd);
  return false;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// "HTTP/1.1 200 OK".
StatusLine status_line(std::string_view line) {
  StatusLine read;
  if (line.starts_with("HTTP/1.0")) read.version = StatusLine::Version::http10;
  if (line.starts_with("HTTP/2")) read.version = StatusLine::Version::http2;
  const std::size_t space = line.find(' ');
  if (space != std::string_view::npos) {
    std::from_chars(line.data() + space + 1, line.data() + line.size(), read.status);
  }
  return read;
}

}  // namespace

template <typename Value>
void Transfer::set(CURLoption option, Value value) {
  // Fails for options that this libcurl lacks, or out of memory; the former is a build error.
  (void)::curl_easy_setopt(easy_, option, value);
}

Transfer::Transfer(ClientShared& shared, CURLSH* share, Exchange& exchange)
    : shared_(shared), exchange_(exchange), easy_(::curl_easy_init()) {
  set_constant_options(share);
}

Transfer::~Transfer() {
  ::curl_easy_cleanup(easy_);
  ::curl_slist_free_all(header_list_);
}

void Transfer::set_constant_options(CURLSH* share) {
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_SHARE, share);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // Never wait for a resolver thread that nobody needs any more.
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  // Bodies come as they are sent: an Unpacker knows whether they are whole.
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Debian builds in a CApath, which switches libcurl's cache of the CA file off: 20 ms a
  // connection instead of 1 (curl 7.88).
  set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(CURLOPT_PROXY_CAPATH, static_cast<char*>(nullptr));
  set(CURLOPT_ERRORBUFFER, message_);

  set(CURLOPT_HEADERDATA, this);
  set(
      CURLOPT_HEADERFUNCTION,
      +[](char* bytes, std::size_t one, std::size_t count, void* self) -> std::size_t {
        return static_cast<Transfer*>(self)->take_line({bytes, one * count});
      });
  set(CURLOPT_WRITEDATA, &exchange_);
  set(
      CURLOPT_WRITEFUNCTION,
      +[](char* bytes, std::size_t one, std::size_t count, void* exchange) -> std::size_t {
        return static_cast<Exchange*>(exchange)->take_packed({bytes, one * count}) ? one * count
                                                                                   : 0;
      });
  set(CURLOPT_OPENSOCKETDATA, this);
  set(
      CURLOPT_OPENSOCKETFUNCTION, +[](void* self, curlsocktype, curl_sockaddr* address) {
        return static_cast<Transfer*>(self)->open_socket(*address);
      });
  // The set outlives the transfers: connections are closed long after the request that made them.
  set(CURLOPT_CLOSESOCKETDATA, &shared_.sockets);
  set(
      CURLOPT_CLOSESOCKETFUNCTION, +[](void* sockets, curl_socket_t fd) {
        static_cast<SocketSet*>(sockets)->closed(fd);
        return ::close(fd);
      });
  set(CURLOPT_PREREQDATA, this);
  set(
      CURLOPT_PREREQFUNCTION, +[](void* self, char* address, char*, int, int) {
        return static_cast<Transfer*>(self)->before_request(address);
      });
}

Status Transfer::prepare(const TransferWish& wish) {
  apply_proxy();
  if (!exchange_.is_direct()) {
    // The proxy resolves names; only an address that stands in the URL can be judged here.
    const auto literal = parse_address(request().url.host);
    if (literal) {
      PENSTOCK_CHECK(exchange_.check_proxied(*literal));
    }
  }
  PENSTOCK_CHECK(exchange_.carry(ConnectTimer::carrier));
  apply_headers();
  apply_method();
  if (profile_ != request().profile || wish.multiplex != multiplex_) {
    multiplex_ = wish.multiplex;
    apply_profile();
  }
  if (std::exchange(new_connection_, wish.new_connection) != wish.new_connection) {
    set(CURLOPT_FRESH_CONNECT, long{wish.new_connection});
    set(CURLOPT_FORBID_REUSE, long{wish.new_connection});
  }
  keeps_head_ = wish.keeps_head;
  head_.clear();
  set(CURLOPT_URL, request().url.text.c_str());
  message_[0] = '\0';
  return ok();
}

void Transfer::apply_profile() {
  profile_ = request().profile;
  const HttpProfile& profile = *profile_;
  const bool http2 = multiplex_ != Multiplex::never;
  set(CURLOPT_HTTP_VERSION, long{http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1});
  set(CURLOPT_PIPEWAIT, long{multiplex_ == Multiplex::wait});
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(profile.timeouts.connect.count()));
  set(CURLOPT_SSL_VERIFYPEER, long{profile.tls_check == TlsCheck::on});
  set(CURLOPT_SSL_VERIFYHOST, profile.tls_check == TlsCheck::on ? 2L : 0L);
  static const std::string system_ca_file = [] {
    const char* path = ::curl_version_info(CURLVERSION_NOW)->cainfo;
    return std::string(path != nullptr ? path : "");
  }();
  const std::string& ca_file = profile.ca_file.empty() ? system_ca_file : profile.ca_file;
  set(CURLOPT_CAINFO, ca_file.c_str());
  set(CURLOPT_PROXY_CAINFO, ca_file.c_str());
}

void Transfer::apply_proxy() {
  if (proxy_ == exchange_.proxy()) return;
  proxy_ = exchange_.proxy();
  // Empty is not the same as unset: unset asks the environment. And no list of libcurl's own: what
  // we take for proxied must not go out directly.
  set(CURLOPT_PROXY, proxy_->c_str());
  set(CURLOPT_NOPROXY, "");
}

void Transfer::apply_method() {
  const bool has_body = request().body.has_value();
  if (has_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request().body->size()));
    set(CURLOPT_POSTFIELDS, request().body->data());
  }
  if (request().method == method_ && has_body == has_body_) return;
  method_ = request().method;
  has_body_ = has_body;
  if (!has_body) set(CURLOPT_HTTPGET, 1L);
  if (method_ == "HEAD") set(CURLOPT_NOBODY, 1L);
  const bool is_usual = method_ == (has_body ? "POST" : "GET") || method_ == "HEAD";
  const char* custom = is_usual ? nullptr : method_.c_str();
  set(CURLOPT_CUSTOMREQUEST, custom);
}

void Transfer::apply_headers() {
  const bool has_body = request().body.has_value();
  const bool is_same = request().headers == headers_ && has_body == headers_with_body_;
  if (is_same && header_list_ != nullptr) return;
  ::curl_slist_free_all(std::exchange(header_list_, nullptr));
  headers_ = request().headers;
  headers_with_body_ = has_body;
  const auto append = [this](const char* line) {
    header_list_ = ::curl_slist_append(header_list_, line);
  };
  for (const auto& [name, value] : headers_) {
    // A name with a semicolon is libcurl's spelling of an empty header.
    append((value.empty() ? name + ";" : name + ": " + value).c_str());
  }
  // libcurl formats a header of its own twice and byte by byte, one of the list only once.
  if (!has_header("accept-encoding")) append("Accept-Encoding: gzip, br, zstd");
  // No round trip to ask whether a body is welcome, and no type that nobody asked for.
  if (has_body) append("Expect:");
  if (has_body && !has_header("content-type")) append("Content-Type:");
  set(CURLOPT_HTTPHEADER, header_list_);
}

bool Transfer::has_header(std::string_view wanted) const {
  return std::any_of(headers_.begin(), headers_.end(),
                     [&](const Header& header) { return same_name(header.first, wanted); });
}

curl_socket_t Transfer::open_socket(const curl_sockaddr& address) {
  if (!exchange_.may_connect(address_of(address.addr))) return CURL_SOCKET_BAD;
  const int fd =
      ::socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol);
  if (fd < 0) {
    exchange_.lacks_descriptors(os::system_error("open a socket to", request().url.host_key()));
    return CURL_SOCKET_BAD;
  }
  shared_.sockets.opened(fd);
  ++shared_.connections;
  return fd;
}

int Transfer::before_request(const char* address) {
  if (exchange_.phase() >= Phase::sent) {
    exchange_.refuse(Errc::unavailable, "reset", "the kept connection was closed before an answer");
    return CURL_PREREQFUNC_ABORT;
  }
  return exchange_.may_send(parse_address(address)) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::size_t Transfer::take_line(std::string_view line) {
  return exchange_.take_line_bytes(line.size()) && read_line(line) ? line.size() : 0;
}

bool Transfer::read_line(std::string_view line) {
  if (exchange_.phase() == Phase::body) return true;  // A trailer.
  if (keeps_head_ && line.starts_with("HTTP/")) head_.clear();
  if (keeps_head_) head_.append(line);
  if (line.starts_with("HTTP/")) {
    exchange_.take_status(status_line(line));
    return true;
  }
  if (trimmed(line).empty()) return exchange_.is_informational() || exchange_.end_of_head();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  exchange_.take_field(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  return true;
}

Exchange::Ended Transfer::end(CURLcode code, TimePoint now) {
  if (code == CURLE_OK) return exchange_.complete(now);
  return exchange_.break_off(failure(code), now);
}

Error Transfer::failure(CURLcode code) {
  long system_error = 0;
  long proxy_status = 0;
  (void)::curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &system_error);
  (void)::curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  const bool starved = is_resolving_failure(code) && lacks_descriptors();
  shared_.starved = shared_.starved || starved;
  return to_error({.code = code,
                   .phase = exchange_.phase(),
                   .resolved = exchange_.is_resolved(),
                   .starved = starved,
                   .system_error = static_cast<int>(system_error),
                   .proxy_status = static_cast<int>(proxy_status),
                   .message = message_,
                   .who = exchange_.who()});
}

}  // namespace penstock::net
