// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The check of stored bytes: finds flipped bits and misplaced blocks, is no defence against
// forgery.
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::ledger {

/// XXH3-64; the seed says where the bytes belong.
inline std::uint64_t check64(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

/// Little-endian, as in all our files.
inline void store_little_endian(std::uint64_t number, std::size_t bytes, char* out) noexcept {
  for (std::size_t i = 0; i < bytes; ++i) {
    out[i] = static_cast<char>(static_cast<unsigned char>(number >> (8 * i)));
  }
}

inline std::uint64_t load_little_endian(const char* from, std::size_t bytes) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
  }
  return number;
}

}  // namespace penstock::ledger
