// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Chance that can be replayed: every draw is a pure function of seed, URL and attempt.
// It holds no state, so neither threads nor the order of arrival can change a draw.
#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::lab {

/// A 64-bit hash of text. Stable over versions and machines: recorded runs rely on it.
[[nodiscard]] std::uint64_t hash_text(std::string_view text) noexcept;

/// What one draw depends on. `purpose` keeps draws of one request apart.
struct Draw {
  std::uint64_t seed;
  std::uint64_t url;  ///< hash_text() of host and target.
  std::uint64_t nth;  ///< Which request for that URL: 1, 2, ...
  std::uint64_t purpose;
};

/// 64 well mixed bits of a draw.
[[nodiscard]] std::uint64_t draw_bits(const Draw& draw) noexcept;

/// Uniform in [0, 1).
[[nodiscard]] double draw_share(const Draw& draw) noexcept;

}  // namespace penstock::lab
