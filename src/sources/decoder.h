// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The two decompressors behind one narrow door: bytes in, bytes out, no I/O.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace penstock::sources {

class Decoder {
 public:
  struct Progress {
    std::size_t consumed = 0;
    std::size_t produced = 0;
  };

  virtual ~Decoder() = default;

  /// Take from `packed`, put into `room`. No progress at all: more input is needed.
  /// Errors: invalid "input.archive"; the message says what is wrong, not where.
  virtual Result<Progress> decode(std::string_view packed, std::span<char> room) = 0;

  /// Whether the input may end here: all that was begun is complete.
  virtual bool may_end() const = 0;
};

inline constexpr std::size_t kMagicBytesMax = 4;

/// Whether more bytes could still make an archive of these first ones.
bool may_become_archive(std::string_view first_bytes);

/// The decoder for what begins with these bytes, or null: it is no archive.
/// REQUIRES: kMagicBytesMax bytes, or all there are, or those that cannot become an archive.
std::unique_ptr<Decoder> decoder_for(std::string_view first_bytes);

}  // namespace penstock::sources
