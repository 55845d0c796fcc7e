// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// FNV-1a for text, the splitmix64 finaliser to mix. Source: Vigna, splitmix64.c (public domain).
#include "chance.h"

namespace penstock::lab {
namespace {

std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t hash_text(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  return mix(hash);
}

std::uint64_t draw_bits(const Draw& draw) noexcept {
  return mix(mix(mix(mix(draw.seed) ^ draw.url) ^ draw.nth) ^ draw.purpose);
}

double draw_share(const Draw& draw) noexcept {
  return static_cast<double>(draw_bits(draw) >> 11) * 0x1.0p-53;
}

}  // namespace penstock::lab
