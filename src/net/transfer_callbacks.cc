// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What libcurl calls while a request runs. Each limit is kept here, at the byte that breaks it.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "net/body_buffers.h"
#include "net/socket_set.h"
#include "net/transfer.h"
#include "os/system_error.h"

namespace penstock::net {
namespace {

constexpr std::uint64_t kExpansionJudgedBytes = 1 << 20;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

Transfer::Transfer(TransferShared& shared, std::uint32_t index)
    : shared_(shared), index_(index), easy_(::curl_easy_init()) {
  set_constant_options();
}

void Transfer::set_constant_options() {
  const auto set = [this](CURLoption option, auto value) {
    (void)::curl_easy_setopt(easy_, option, value);
  };
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_SHARE, shared_.share);
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
        return static_cast<Transfer*>(self)->take_header({bytes, one * count});
      });
  set(CURLOPT_WRITEDATA, this);
  set(
      CURLOPT_WRITEFUNCTION,
      +[](char* bytes, std::size_t one, std::size_t count, void* self) -> std::size_t {
        return static_cast<Transfer*>(self)->take_packed({bytes, one * count});
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

std::size_t Transfer::refuse(Errc code, const char* kind, std::string what) {
  if (!refusal_) refusal_ = Error{code, who() + ": " + std::move(what), kind};
  return 0;
}

bool Transfer::refuse_address(std::optional<IpAddress> address) {
  if (!request_.guard || (address && request_.guard->allows(*address))) return false;
  refuse(Errc::rejected, "address.refused",
         "a URL out of a response leads to an inner address (see `allow`)");
  return true;
}

curl_socket_t Transfer::open_socket(const curl_sockaddr& address) {
  resolved_ = true;
  if (is_direct() && refuse_address(address_of(address.addr))) return CURL_SOCKET_BAD;
  const int fd =
      ::socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol);
  if (fd < 0) {
    const Error failed = os::system_error("open a socket to", request_.url.host_key());
    // Not Errc::system: with fewer connections at once the run can go on.
    refuse(Errc::unavailable, "connect.descriptors", failed.message);
    shared_.starved = true;
    return CURL_SOCKET_BAD;
  }
  // An earlier address of the same host may have been refused; this one counts.
  refusal_.reset();
  shared_.sockets.opened(fd);
  ++shared_.connections;
  return fd;
}

int Transfer::before_request(const char* address) {
  if (phase_ >= Phase::sent) {
    refuse(Errc::unavailable, "reset", "the kept connection was closed before an answer");
    return CURL_PREREQFUNC_ABORT;
  }
  // A kept connection may be one that a request without a guard has opened.
  if (is_direct() && refuse_address(parse_address(address))) return CURL_PREREQFUNC_ABORT;
  // Of another address of the same host, or of another try to connect.
  refusal_.reset();
  phase_ = Phase::sent;
  response_.sent_at = TimePoint::clock::now();
  ++shared_.requests;
  if (request_.on_sent) request_.on_sent(response_.sent_at);
  return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  const HttpLimits& limits = request_.profile->limits;
  if (header_bytes_ > limits.header_bytes || ++header_count_ > limits.header_count) {
    return refuse(Errc::rejected, "header.too_large", "more or longer headers than allowed");
  }
  heard_at_ = shared_.now;
  if (phase_ == Phase::body) return line.size();  // A trailer.
  return check_head(line) ? line.size() : 0;
}

bool Transfer::check_head(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    phase_ = Phase::head;
    response_.headers.clear();  // Those of a 1xx answer before.
    const std::size_t space = line.find(' ');
    response_.status = 0;
    if (space != std::string_view::npos) {
      std::from_chars(line.data() + space + 1, line.data() + line.size(), response_.status);
    }
    http2_ = line.starts_with("HTTP/2");
    closes_ = line.starts_with("HTTP/1.0");
    return true;
  }
  if (trimmed(line).empty()) return response_.status < 200 || end_of_head();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  response_.headers.add(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  return true;
}

bool Transfer::end_of_head() {
  phase_ = Phase::body;
  const HeaderList& headers = response_.headers;
  if (const auto connection = headers.find("connection")) {
    closes_ = closes_ || ::curl_strnequal(connection->data(), "close", 5) != 0;
  }
  plan_ = request_.on_head ? request_.on_head({response_.status, headers}) : BodyPlan{};
  if (plan_.action == BodyPlan::Action::stop) {
    response_.stopped = closes_ = true;
    return false;
  }
  if (!open_unpacker()) return false;
  std::uint64_t announced = 0;
  if (const auto length = headers.find("content-length")) {
    std::from_chars(length->data(), length->data() + length->size(), announced);
  }
  const HttpLimits& limits = request_.profile->limits;
  if (plan_.action == BodyPlan::Action::keep && announced > limits.body_bytes) {
    return check_body(announced);
  }
  if (plan_.action == BodyPlan::Action::keep) {
    // Not more than one buffer on the word of a stranger.
    response_.body = shared_.buffers.take(std::min<std::uint64_t>(announced, 4 << 20));
  }
  return true;
}

bool Transfer::open_unpacker() {
  const HeaderList& headers = response_.headers;
  std::string codings;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (headers.name(i) == "content-encoding") codings.append(headers.value(i)).append(",");
  }
  if (codings.empty()) return true;
  auto unpacker = Unpacker::for_codings(codings);
  if (!unpacker) {
    refuse(Errc::rejected, "body.encoding", unpacker.error().message);
    return false;
  }
  if (!unpacker->is_identity()) unpacker_ = std::move(*unpacker);
  return true;
}

bool Transfer::check_body(std::uint64_t bytes) {
  const HttpLimits& limits = request_.profile->limits;
  if (bytes > limits.body_bytes) {
    refuse(Errc::rejected, "body.too_large",
           "a body of more than " + std::to_string(limits.body_bytes) + " bytes");
    return false;
  }
  if (bytes <= kExpansionJudgedBytes) return true;
  curl_off_t received = 0;
  (void)::curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &received);
  if (bytes / limits.expansion <= static_cast<std::uint64_t>(std::max<curl_off_t>(received, 1))) {
    return true;
  }
  refuse(
      Errc::rejected, "body.expansion",
      "a body that unpacks to more than " + std::to_string(limits.expansion) + " times its size");
  return false;
}

std::size_t Transfer::take_packed(std::string_view bytes) {
  heard_at_ = shared_.now;
  if (!unpacker_) return take_body(bytes) ? bytes.size() : 0;
  auto taken = unpacker_->feed(bytes, [this](std::string_view piece) { return take_body(piece); });
  if (taken && *taken) return bytes.size();
  if (!taken) refuse(Errc::rejected, "body.encoding", std::move(taken.error().message));
  return 0;
}

bool Transfer::take_body(std::string_view bytes) {
  response_.body_bytes += bytes.size();
  if (plan_.action == BodyPlan::Action::keep_beginning) {
    const std::size_t room = plan_.bytes_max - response_.body.size();
    response_.body.append(bytes.substr(0, room));
    if (bytes.size() <= room) return true;
    response_.stopped = closes_ = true;
    return false;
  }
  if (!check_body(response_.body_bytes)) return false;
  if (plan_.action == BodyPlan::Action::write) return write_body(bytes);
  response_.body.append(bytes);
  return true;
}

bool Transfer::write_body(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(plan_.fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      refusal_ = os::system_error("write a body of", request_.url.host_key());
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace penstock::net
