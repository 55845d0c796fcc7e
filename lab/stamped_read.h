// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reading from a socket together with the instant at which the kernel took the bytes in: the
// order and spacing of requests stay exact even while the lab itself is behind.
#pragma once

#include "request.h"

#include <cstddef>
#include <span>

namespace penstock::lab {

enum class ReadState : std::uint8_t { bytes, nothing_yet, end };

struct StampedRead {
  ReadState state;
  std::size_t bytes = 0;
  TimePoint at{};  ///< Arrival of the last byte; the time of reading if the kernel does not say.
  WallTime wall{};
};

/// Sockets accepted from this listener will carry stamps.
void ask_for_stamps(int listener_fd) noexcept;

/// REQUIRES: fd is non-blocking. Blocks: never. An error of the socket is its end.
[[nodiscard]] StampedRead read_stamped(int fd, std::span<char> into) noexcept;

}  // namespace penstock::lab
