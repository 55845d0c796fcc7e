// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The source cut into equal, contiguous ranges of ordinals, one for each worker. Pure arithmetic.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace penstock::engine {

/// The last range takes the remainder: 2,584 items over 20 workers are 19 x 129 and 133.
/// Of fewer items than workers, the first workers get one each.
class Shares {
 public:
  /// REQUIRES: workers > 0.
  Shares(std::uint64_t items, std::size_t workers) noexcept
      : range_(std::max<std::uint64_t>(items / workers, 1)), last_(workers - 1) {}

  /// The worker to whom this ordinal belongs, from 0.
  std::uint32_t of(std::uint64_t ordinal) const noexcept {
    return static_cast<std::uint32_t>(std::min(ordinal / range_, last_));
  }

 private:
  std::uint64_t range_;
  std::uint64_t last_;
};

}  // namespace penstock::engine
