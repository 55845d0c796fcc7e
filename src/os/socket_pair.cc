// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// sendmsg and recvmsg with SCM_RIGHTS. Descriptors ride on the first byte of a send, and the kernel
// never merges that byte with bytes sent before it.
#include "os/socket_pair.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr std::size_t kAttachedMax = 16;

struct alignas(cmsghdr) ControlRoom {
  std::array<char, CMSG_SPACE(sizeof(int) * kAttachedMax)> bytes{};
};

void attach(msghdr& message, ControlRoom& room, std::span<const int> attached) {
  message.msg_control = room.bytes.data();
  message.msg_controllen = CMSG_SPACE(attached.size_bytes());
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(attached.size_bytes());
  std::memcpy(CMSG_DATA(header), attached.data(), attached.size_bytes());
}

std::vector<Fd> detach(msghdr& message) {
  std::vector<Fd> attached;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      attached.emplace_back(fd);
    }
  }
  return attached;
}

}  // namespace

Result<std::pair<Fd, Fd>> make_socket_pair(SocketKind kind) {
  const int type = kind == SocketKind::stream ? SOCK_STREAM | SOCK_NONBLOCK : SOCK_SEQPACKET;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return system_error("socketpair", "worker");
  }
  std::pair pair{Fd(ends[0]), Fd(ends[1])};
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return system_error("fcntl", "socket");
  return pair;
}

Result<std::size_t> send_some(const Fd& socket, std::string_view bytes,
                              std::span<const int> attached) {
  iovec part{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ControlRoom room;
  if (!attached.empty())
    attach(message, room, attached.first(std::min(attached.size(), kAttachedMax)));
  for (;;) {
    const ssize_t sent = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    // ETOOMANYREFS: too many descriptors are under way; there is room again when some are read.
    if (errno == EAGAIN || errno == ETOOMANYREFS || errno == ENOBUFS) return std::size_t{0};
    if (errno != EINTR) return system_error("send to", "worker");
  }
}

Result<Received> receive_some(const Fd& socket, std::span<char> room) {
  iovec part{.iov_base = room.data(), .iov_len = room.size()};
  ControlRoom control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  for (;;) {
    const ssize_t count = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
    if (count >= 0) {
      Received received{.bytes = static_cast<std::size_t>(count), .attached = detach(message)};
      if ((message.msg_flags & MSG_CTRUNC) != 0) {
        return system_error("receive from", "worker", EMFILE);
      }
      return received;
    }
    if (errno == EAGAIN) return Received{.empty = true};
    if (errno != EINTR) return system_error("receive from", "worker");
  }
}

bool wait_readable(const Fd& fd, int patience_ms) {
  pollfd entry{.fd = fd.get(), .events = POLLIN, .revents = 0};
  int found = 0;
  do {
    found = ::poll(&entry, 1, patience_ms);
  } while (found < 0 && errno == EINTR);
  return found > 0;
}

}  // namespace penstock::os
