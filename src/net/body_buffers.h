// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Memory of large bodies, kept for the next ones: fresh pages cost more than the bytes in them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace penstock::net {

/// Empty strings with room in them, in classes of four times the size of the one before.
///
/// Invariant: kept_bytes() <= kKeptBytesMax. Threads: owner only.
class BodyBuffers {
 public:
  static constexpr std::size_t kSmallestBytes = 16 << 10;  // malloc is quick below.
  static constexpr std::size_t kKeptBytesMax = 32 << 20;

  /// An empty string that has room for `expected_bytes` if they are many.
  std::string take(std::size_t expected_bytes);

  /// Keep the room of a string for a later take(); its content is gone.
  void give(std::string buffer);

  std::size_t kept_bytes() const noexcept { return kept_bytes_; }

 private:
  static constexpr std::size_t kClasses = 6;  // 16 KiB, 64 KiB, ..., 16 MiB.
  std::array<std::vector<std::string>, kClasses> kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace penstock::net
