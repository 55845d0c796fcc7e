// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// connect, sendmsg, recv: one of each for a request, and what each can say.
#include "net/plain_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/socket_set.h"
#include "os/system_error.h"

namespace penstock::net {
namespace {

constexpr int kCallsMax = 16;  // Of one connection in a round, so that others get their turn.

// Whoever writes these frames the message or the connection, which libcurl knows how to.
constexpr std::array<std::string_view, 8> kFraming{
    "connection", "content-length",    "expect", "keep-alive", "proxy-connection",
    "te",         "transfer-encoding", "upgrade"};

/// An IPv4 address is one of IPv6 with ten zero bytes and two of 0xff before it.
bool is_ipv4(const IpAddress& address) {
  constexpr IpAddress kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kMapped.begin(), kMapped.begin() + 12, address.begin());
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t bytes = 0;
};

SocketAddress socket_address(const IpAddress& address, std::uint16_t port) {
  SocketAddress made;
  if (is_ipv4(address)) {
    auto* to = reinterpret_cast<sockaddr_in*>(&made.storage);
    to->sin_family = AF_INET;
    to->sin_port = htons(port);
    std::memcpy(&to->sin_addr, address.data() + 12, 4);
    made.bytes = sizeof *to;
  } else {
    auto* to = reinterpret_cast<sockaddr_in6*>(&made.storage);
    to->sin6_family = AF_INET6;
    to->sin6_port = htons(port);
    std::memcpy(&to->sin6_addr, address.data(), address.size());
    made.bytes = sizeof *to;
  }
  return made;
}

}  // namespace

bool PlainConnection::can_carry(const HttpRequest& request) {
  return std::none_of(request.headers.begin(), request.headers.end(), [](const Header& header) {
    return std::any_of(kFraming.begin(), kFraming.end(),
                       [&](std::string_view framing) { return same_name(header.first, framing); });
  });
}

PlainConnection::PlainConnection(ClientShared& shared, std::uint32_t lane, const IpAddress& address,
                                 std::uint16_t port, std::string origin)
    : shared_(shared), lane_(lane), address_(address), port_(port), origin_(std::move(origin)) {}

PlainConnection::~PlainConnection() {
  if (socket_) shared_.sockets.closed(socket_.get());
}

void PlainConnection::want(std::uint32_t events) {
  if (std::exchange(wanted_, events) == events) return;
  shared_.sockets.want(socket_.get(), lane_, events);
}

std::optional<PlainEnd> PlainConnection::open(Exchange& exchange) {
  exchange_ = &exchange;
  if (!exchange.may_connect(address_)) return broken(Errc::rejected, "address.refused", "");
  const SocketAddress to = socket_address(address_, port_);
  socket_ = os::Fd(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) {
    exchange.lacks_descriptors(
        os::system_error("open a socket to", exchange.request().url.host_key()));
    return broken(Errc::unavailable, "connect.descriptors", "");
  }
  shared_.sockets.opened(socket_.get());
  ++shared_.connections;
  const int on = 1;
  // Fails nowhere; a request in two segments would wait for an acknowledgement without it.
  (void)::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* address = reinterpret_cast<const sockaddr*>(&to.storage);
  if (::connect(socket_.get(), address, to.bytes) != 0) {
    if (errno != EINPROGRESS) return connect_failed(errno);
    want(EPOLLOUT);
    return std::nullopt;
  }
  connected_ = true;
  return carry(exchange);
}

PlainEnd PlainConnection::connect_failed(int system_error) {
  if (system_error == ETIMEDOUT) {
    return broken(Errc::timeout, "connect.timeout", std::strerror(system_error));
  }
  const bool refused = system_error == ECONNREFUSED;
  return broken(Errc::unavailable, refused ? "connect.refused" : "connect.failed",
                std::strerror(system_error));
}

std::optional<PlainEnd> PlainConnection::finish_connect() {
  int error = 0;
  socklen_t bytes = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &bytes) != 0) error = errno;
  if (error != 0) return connect_failed(error);
  connected_ = true;
  return carry(*exchange_);
}

std::optional<PlainEnd> PlainConnection::carry(Exchange& exchange) {
  exchange_ = &exchange;
  if (!exchange.may_send(address_)) return broken(Errc::rejected, "address.refused", "");
  parser_.begin(exchange);
  write_head();
  sent_ = 0;
  return send();
}

void PlainConnection::write_head() {
  const HttpRequest& request = exchange_->request();
  bool names_host = false;
  bool names_accept = false;
  bool names_coding = false;
  for (const auto& [name, value] : request.headers) {
    names_host = names_host || same_name(name, "host");
    names_accept = names_accept || same_name(name, "accept");
    names_coding = names_coding || same_name(name, "accept-encoding");
  }
  head_.assign(request.method).append(" ").append(request.url.target).append(" HTTP/1.1\r\n");
  if (!names_host) head_.append("Host: ").append(request.url.host_key()).append("\r\n");
  for (const auto& [name, value] : request.headers) {
    head_.append(name).append(value.empty() ? ":" : ": ").append(value).append("\r\n");
  }
  if (!names_accept) head_.append("Accept: */*\r\n");
  if (!names_coding) head_.append("Accept-Encoding: gzip, br, zstd\r\n");
  if (request.body) {
    head_.append("Content-Length: ").append(std::to_string(request.body->size())).append("\r\n");
  }
  head_.append("\r\n");
}

std::optional<PlainEnd> PlainConnection::send() {
  const auto& body = exchange_->request().body;
  const std::size_t body_bytes = body ? body->size() : 0;
  for (int calls = 0; sent_ < head_.size() + body_bytes; ++calls) {
    if (calls == kCallsMax) {
      want(EPOLLIN | EPOLLOUT);
      return std::nullopt;
    }
    const std::size_t head_sent = std::min(sent_, head_.size());
    const std::size_t body_sent = sent_ - head_sent;
    std::array<iovec, 2> parts{
        {{head_.data() + head_sent, head_.size() - head_sent},
         {const_cast<char*>(body ? body->data() : nullptr) + body_sent, body_bytes - body_sent}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = body_bytes > 0 ? 2 : 1;
    const ssize_t count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      want(EPOLLIN | EPOLLOUT);
      return std::nullopt;
    }
    // The server may have answered before it closed: what it said is read first.
    if (count < 0) break;
    sent_ += static_cast<std::size_t>(count);
  }
  want(EPOLLIN);
  return std::nullopt;
}

std::optional<PlainEnd> PlainConnection::run(std::uint32_t events, std::span<char> room) {
  // Idle, and yet something: mostly its end.
  if (exchange_ == nullptr) return PlainEnd{};
  if (!connected_) return finish_connect();
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0) {
    if (auto ended = receive(room)) return ended;
  }
  if ((events & EPOLLOUT) != 0) return send();
  return std::nullopt;
}

std::optional<PlainEnd> PlainConnection::receive(std::span<char> room) {
  for (int reads = 0; reads < kCallsMax; ++reads) {
    const ssize_t count = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
    if (count < 0) return reset(std::strerror(errno));
    const auto bytes = static_cast<std::size_t>(count);
    auto ended = take(bytes == 0 ? parser_.end_of_stream() : parser_.feed({room.data(), bytes}));
    if (ended || bytes < room.size()) return ended;
  }
  return std::nullopt;
}

std::optional<PlainEnd> PlainConnection::take(AnswerState state) {
  switch (state) {
    case AnswerState::open:
      return std::nullopt;
    case AnswerState::whole: {
      const auto& body = exchange_->request().body;
      const bool all_sent = sent_ == head_.size() + (body ? body->size() : 0);
      const bool kept = all_sent && parser_.keeps_connection();
      idle_since_ = shared_.now;
      was_used_ = true;
      return PlainEnd{.exchange = std::exchange(exchange_, nullptr), .connection_kept = kept};
    }
    case AnswerState::refused:
      return broken(Errc::rejected, "http.refused", "");  // Never seen: the exchange knows better.
    case AnswerState::cut:
      if (exchange_->phase() == Phase::body) {
        return broken(Errc::unavailable, "body.cut", "the connection was closed within the body");
      }
      return reset("the connection was closed before an answer");
    case AnswerState::malformed:
      break;
  }
  PlainEnd ended = broken(Errc::unavailable, "http.protocol", "the answer is no HTTP/1.1");
  ended.is_malformed = true;
  return ended;
}

PlainEnd PlainConnection::reset(std::string_view what) {
  const bool was_closed = was_used_ && exchange_->phase() == Phase::sent;
  PlainEnd ended = broken(Errc::unavailable, "reset", what);
  ended.was_closed = was_closed;
  return ended;
}

bool PlainConnection::is_quiet() const noexcept {
  char byte = 0;
  return ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

PlainEnd PlainConnection::broken(Errc code, const char* kind, std::string_view what) {
  Exchange* exchange = std::exchange(exchange_, nullptr);
  return PlainEnd{.exchange = exchange,
                  .error = Error{code, exchange->who() + ": " + std::string(what), kind},
                  .no_connection = !connected_};
}

}  // namespace penstock::net
