// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The limit: one epoll descriptor, connections that are kept, one request at a time on each, and of
// an answer nothing but its end. It expects an HTTP/1.1 server on loopback that sends
// Content-Length and never fails; anything else ends it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/measure.h"

namespace penstock::bench {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// "http://127.0.0.1:8080/ok": the address, and the request for it.
struct Target {
  explicit Target(std::string_view url) {
    url.remove_prefix(std::string_view("http://").size());
    const std::string host(url.substr(0, url.find('/')));
    const std::string path(url.substr(host.size()));
    const std::size_t colon = host.find(':');
    std::uint16_t port = 80;
    if (colon != std::string::npos) {
      std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
    }
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (::inet_pton(AF_INET, host.substr(0, colon).c_str(), &address.sin_addr) != 1) {
      give_up("a URL must name an IPv4 address");
    }
    request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  sockaddr_in address{};
  std::string request;
};

class BareEpoll {
 public:
  BareEpoll(const Load& load, const Target& target) : load_(load), target_(target) {}

  std::uint64_t run() {
    for (std::size_t i = 0; i < load_.connections; ++i) connect();
    std::array<epoll_event, 512> events;
    while (done_ < load_.requests) {
      const int count = ::epoll_wait(epoll_, events.data(), 512, -1);
      for (int i = 0; i < count; ++i) act(events[static_cast<std::size_t>(i)]);
    }
    return bytes_;
  }

 private:
  struct Connection {
    int fd = -1;
    bool connected = false;
    std::string head;        // Until its end has come.
    std::uint64_t left = 0;  // Of the body.
  };

  void connect() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0) give_up("socket");
    const auto* address = reinterpret_cast<const sockaddr*>(&target_.address);
    if (::connect(fd, address, sizeof target_.address) != 0 && errno != EINPROGRESS) {
      give_up("connect");
    }
    epoll_event event{.events = EPOLLOUT, .data = {.u64 = connections_.size()}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) give_up("epoll_ctl");
    connections_.push_back({.fd = fd, .connected = false, .head = {}, .left = 0});
  }

  void act(const epoll_event& event) {
    Connection& connection = connections_[event.data.u64];
    if (!connection.connected) {
      connection.connected = true;
      epoll_event change{.events = EPOLLIN, .data = event.data};
      (void)::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &change);
      return ask(connection);
    }
    const ssize_t count = ::recv(connection.fd, room_.data(), room_.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) give_up("recv");
    take(connection, std::string_view(room_.data(), static_cast<std::size_t>(count)));
  }

  void ask(Connection& connection) {
    if (started_ == load_.requests) return;
    ++started_;
    const std::string& request = target_.request;
    const ssize_t sent = ::send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request.size())) give_up("send");
  }

  void take(Connection& connection, std::string_view bytes) {
    if (connection.left == 0) {
      connection.head += bytes;
      const std::size_t end = connection.head.find("\r\n\r\n");
      if (end == std::string::npos) return;
      connection.left = content_length(connection.head.substr(0, end));
      bytes.remove_prefix(bytes.size() - (connection.head.size() - end - 4));
      connection.head.clear();
    }
    if (bytes.size() > connection.left) give_up("more than one answer");
    connection.left -= bytes.size();
    bytes_ += bytes.size();
    if (connection.left > 0) return;
    ++done_;
    ask(connection);
  }

  static std::uint64_t content_length(const std::string& head) {
    constexpr std::string_view kName = "ontent-Length: ";
    const std::size_t at = head.find(kName);
    if (!head.starts_with("HTTP/1.1 200") || at == std::string::npos) give_up(head.c_str());
    std::uint64_t length = 0;
    std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
    return length;
  }

  Load load_;
  Target target_;
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections_;
  std::array<char, 64 << 10> room_;
  std::size_t started_ = 0;
  std::size_t done_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace
}  // namespace penstock::bench

int main(int argc, char** argv) {
  const auto load = penstock::bench::read_load(argc, argv);
  const penstock::bench::Measurement measurement;
  const penstock::bench::Target target(load.url);
  measurement.report("epoll", load, penstock::bench::BareEpoll(load, target).run());
}
