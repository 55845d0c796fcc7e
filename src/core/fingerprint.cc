// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// 128 bits that stand for bytes.
#include "core/fingerprint.h"

#include <xxhash.h>

#include <charconv>
#include <cstdint>

namespace penstock {
namespace {

Fingerprint from_hash(const XXH128_hash_t& hash) noexcept {
  Fingerprint fingerprint{{hash.high64, hash.low64}};
  if (!fingerprint) fingerprint.words[1] = 1;  // Zero means "none".
  return fingerprint;
}

}  // namespace

Fingerprint fingerprint(std::string_view bytes) noexcept {
  return from_hash(XXH3_128bits(bytes.data(), bytes.size()));
}

Fingerprint fingerprint(std::initializer_list<std::string_view> parts) noexcept {
  Fingerprint all = fingerprint(std::string_view());
  for (const std::string_view part : parts) all = combine(all, fingerprint(part));
  return all;
}

Fingerprint combine(const Fingerprint& first, const Fingerprint& second) noexcept {
  const std::uint64_t words[4] = {first.words[0], first.words[1], second.words[0], second.words[1]};
  return from_hash(XXH3_128bits(words, sizeof words));
}

std::string to_hex(const Fingerprint& fingerprint) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string digits;
  digits.reserve(32);
  for (const std::uint64_t word : fingerprint.words) {
    for (int shift = 60; shift >= 0; shift -= 4) digits += kDigits[(word >> shift) & 15U];
  }
  return digits;
}

std::optional<Fingerprint> fingerprint_from_hex(std::string_view digits) noexcept {
  if (digits.size() != 32) return std::nullopt;
  if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  Fingerprint fingerprint;
  for (std::size_t i = 0; i < 2; ++i) {
    const char* first = digits.data() + 16 * i;
    std::from_chars(first, first + 16, fingerprint.words[i], 16);
  }
  return fingerprint;
}

}  // namespace penstock
