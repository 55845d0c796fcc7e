// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One table by descriptor, and the epoll_ctl calls that it saves.
#include "net/socket_set.h"

#include <cerrno>
#include <utility>

#include "os/system_error.h"

namespace penstock::net {

Result<SocketSet> SocketSet::create() {
  os::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return os::system_error("epoll_create", "HTTP client");
  return SocketSet(std::move(epoll));
}

SocketSet::Interest& SocketSet::interest(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= interests_.size()) interests_.resize(index + 1);
  return interests_[index];
}

void SocketSet::opened(int fd) {
  interest(fd) = Interest{.ours = true};
  ++open_;
}

void SocketSet::closed(int fd) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= interests_.size()) return;
  if (interests_[index].ours) --open_;
  interests_[index] = Interest{};
}

void SocketSet::want(int fd, std::uint32_t lane, std::uint32_t events) {
  Interest& socket = interest(fd);
  socket.lane = lane;
  socket.wanted = static_cast<std::uint8_t>(events);
  const bool lazy = socket.ours && (events == 0 || socket.wanted == socket.armed);
  if (!lazy) arm(fd, socket);
}

void SocketSet::arm(int fd, Interest& socket) {
  const bool known = std::exchange(socket.armed, socket.wanted) != 0;
  if (socket.armed == 0) {
    // Fails only if it was closed already, which removed it.
    (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    return;
  }
  epoll_event event{.events = socket.armed, .data = {.fd = fd}};
  const int first = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (::epoll_ctl(epoll_.get(), first, fd, &event) == 0) return;
  // The table is wrong only about sockets that are not ours, when a number was used again. Out of
  // kernel memory, both calls fail, and the timeouts end the request.
  if (errno != EEXIST && errno != ENOENT) return;
  (void)::epoll_ctl(epoll_.get(), known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
}

std::span<const SocketSet::Ready> SocketSet::ready() {
  std::array<epoll_event, kReadyMax> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  ready_.clear();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    Interest& socket = interest(event.data.fd);
    if (socket.wanted == 0) {
      arm(event.data.fd, socket);
    } else {
      ready_.push_back({event.data.fd, socket.lane, event.events});
    }
  }
  return ready_;
}

}  // namespace penstock::net
