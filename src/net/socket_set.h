// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The sockets of libcurl and of plain connections on one private epoll descriptor. It never reads
// or writes them.
#pragma once

#include <penstock/error.h>
#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "os/fd.h"

namespace penstock::net {

/// The interest of the lanes in their sockets, told to the kernel as seldom as possible.
///
/// libcurl drops its interest when a request ends and takes it up again with the next one on the
/// same connection: two system calls a request. So dropping is lazy: the kernel still watches,
/// and is told only if the idle socket then speaks (mostly because the server closed it).
///
/// Why a stale registration cannot swallow an event: laziness is for sockets whose whole life we
/// see, from opened() to closed(). Closing removes them from the kernel's set, and closed() from
/// ours. Others (the resolver's pipes) are registered and removed at once.
///
/// Threads: owner only. Calls for one socket must match: (opened (want | wait)* closed) | want*
class SocketSet {
 public:
  struct Ready {
    int fd;
    std::uint32_t lane;
    std::uint32_t events;
  };
  static constexpr std::size_t kReadyMax = 256;

  /// Errors: system (no descriptors).
  static Result<SocketSet> create();

  int fd() const noexcept { return epoll_.get(); }

  /// Between opened() and closed().
  std::size_t open() const noexcept { return open_; }

  void opened(int fd);
  void closed(int fd) noexcept;

  /// `events` of EPOLLIN and EPOLLOUT; 0 drops the interest.
  void want(int fd, std::uint32_t lane, std::uint32_t events);

  /// What is ready now and wanted, without waiting. Valid until the next call.
  std::span<const Ready> ready();

 private:
  struct Interest {
    std::uint32_t lane = 0;
    std::uint8_t wanted = 0;  // What libcurl asked for.
    std::uint8_t armed = 0;   // What the kernel watches.
    bool ours = false;        // Between opened() and closed().
  };

  explicit SocketSet(os::Fd epoll) noexcept : epoll_(std::move(epoll)) {}
  Interest& interest(int fd);
  void arm(int fd, Interest& interest);

  os::Fd epoll_;
  std::vector<Interest> interests_;  // By descriptor.
  std::vector<Ready> ready_;
  std::size_t open_ = 0;
};

}  // namespace penstock::net
