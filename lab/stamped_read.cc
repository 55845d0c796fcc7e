// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// SO_TIMESTAMPNS. Source: Linux Documentation/networking/timestamping.rst; TCP since 4.13.
//
// The kernel stamps by the calendar clock; the age of the stamp at reading carries it over to the
// steady clock, so that a step of the calendar can only spoil what is in the queue at that moment.
#include "stamped_read.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace penstock::lab {
namespace {

constexpr Duration kAgeMax = std::chrono::seconds(10);

Duration stamp_of(const msghdr& message) noexcept {
  for (auto* part = CMSG_FIRSTHDR(&message); part;
       part = CMSG_NXTHDR(const_cast<msghdr*>(&message), part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    return std::chrono::seconds(stamp.tv_sec) + Duration(stamp.tv_nsec);
  }
  return Duration{};
}

}  // namespace

void ask_for_stamps(int listener_fd) noexcept {
  const int on = 1;
  // Refused by a kernel without stamps: then the time of reading is taken.
  (void)setsockopt(listener_fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

StampedRead read_stamped(int fd, std::span<char> into) noexcept {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec)) * 2];
  iovec part{into.data(), into.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const auto count = recvmsg(fd, &message, MSG_DONTWAIT);
  if (count == 0) return {ReadState::end};
  if (count < 0) {
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {later ? ReadState::nothing_yet : ReadState::end};
  }
  const auto wall = std::chrono::system_clock::now();
  const auto stamp = stamp_of(message);
  auto age = stamp.count() ? Duration(wall.time_since_epoch()) - stamp : Duration{};
  if (age > kAgeMax) age = Duration{};
  age = std::max(age, Duration{});
  const auto steady = std::chrono::steady_clock::now();
  return {ReadState::bytes, static_cast<std::size_t>(count), steady - age, wall - age};
}

}  // namespace penstock::lab
