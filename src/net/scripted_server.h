// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A loopback server for unit tests: it answers each request with exactly the bytes that the test
// gives, whether or not they are HTTP. Never part of the program.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/assert.h"

namespace penstock::net {

/// What the server sends, and what it does with the connection then.
struct ScriptedAnswer {
  enum class Then : std::uint8_t { keep, close, reset };
  std::string bytes;  // Empty and `keep`: it never answers.
  Then then = Then::keep;
};

/// One thread, any number of connections on 127.0.0.1.
///
/// Threads: the script runs on the server's; everything else any.
class ScriptedServer {
 public:
  /// `request` is the whole of it: request line, headers and body.
  using Script = std::function<ScriptedAnswer(const std::string& request)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    PENSTOCK_ASSERT(::bind(listener_, generic, bytes) == 0);
    PENSTOCK_ASSERT(::listen(listener_, 1024) == 0);
    PENSTOCK_ASSERT(::getsockname(listener_, generic, &bytes) == 0);
    port_ = ntohs(address.sin_port);
    stop_ = ::eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { serve(); });
  }

  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  ~ScriptedServer() {
    const std::uint64_t one = 1;
    (void)!::write(stop_, &one, sizeof one);
    thread_.join();
    for (const auto& [fd, received] : received_) ::close(fd);
    ::close(listener_);
    ::close(stop_);
  }

  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  std::uint16_t port() const noexcept { return port_; }

  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  void serve() {
    for (;;) {
      std::vector<pollfd> polls{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const auto& [fd, received] : received_) polls.push_back({fd, POLLIN, 0});
      ::poll(polls.data(), polls.size(), -1);
      if (polls[0].revents != 0) return;
      if (polls[1].revents != 0) accept_one();
      for (std::size_t i = 2; i < polls.size(); ++i) {
        if (polls[i].revents != 0) read_some(polls[i].fd);
      }
    }
  }

  void accept_one() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    received_[fd];
    const std::lock_guard lock(mutex_);
    ++connections_;
  }

  void read_some(int fd) {
    char buffer[65536];
    const ssize_t count = ::recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0) return drop(fd);
    std::string& received = received_[fd];
    received.append(buffer, static_cast<std::size_t>(count));
    const std::size_t head = received.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const std::size_t length = received.find("Content-Length: ");
    const std::size_t body =
        length < head ? std::strtoull(received.c_str() + length + 16, nullptr, 10) : 0;
    if (received.size() < head + 4 + body) return;
    answer(fd, std::exchange(received, {}));
  }

  void answer(int fd, const std::string& request) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const ScriptedAnswer answer = script_(request);
    std::string_view bytes = answer.bytes;
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return drop(fd);
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    if (answer.then == ScriptedAnswer::Then::reset) {
      const linger at_once{1, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (answer.then != ScriptedAnswer::Then::keep) drop(fd);
  }

  void drop(int fd) {
    ::close(fd);
    received_.erase(fd);
  }

  Script script_;
  int listener_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  std::map<int, std::string> received_;  // The server's thread only, and after it has ended.
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;  // Guarded by mutex_.
  std::size_t connections_ = 0;        // Guarded by mutex_.
  std::thread thread_;                 // Last: it uses all of the above.
};

}  // namespace penstock::net
