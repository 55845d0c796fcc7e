// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The wire between engine and workers: length-prefixed, checksummed frames.
//
//   frame  := header payload
//   header := magic u16 | kind u8 | flags u8 | payload_bytes u32 | check u32   (little-endian)
//
// The check is the low half of XXH3-64 over the payload, seeded with the eight bytes before it. A
// frame that is `attached` has its payload in a memory file that comes with the frame's first byte.
// Limits, kinds and test vectors: docs/formats/wire.md, which frame_test.cc reads.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::wire {

inline constexpr std::size_t kHeaderBytes = 2 + 1 + 1 + 4 + 4;
inline constexpr std::size_t kAttachedBytesMax = std::size_t{1} << 30U;
inline constexpr std::size_t kInlineBytesMax = std::size_t{64} << 20U;
static_assert(kAttachedBytesMax <= UINT32_MAX && kInlineBytesMax <= kAttachedBytesMax);

/// Values are on the wire: append only, never renumber.
enum class Kind : std::uint8_t {
  hello = 1,     ///< Worker: my steps are ready.
  settings = 2,  ///< Engine: who you are, how much at once.
  work = 3,      ///< Engine: calls.
  finished = 4,  ///< Worker: finished calls.
  cancel = 5,    ///< Engine: calls that should end soon.
  stop = 6,      ///< Engine: exit now.
  started = 7,   ///< Worker: calls whose requests were written.
};

struct Header {
  Kind kind{};
  bool attached = false;
  std::uint32_t payload_bytes = 0;
  std::uint32_t check = 0;
};

struct Frame {
  Header header;
  std::string_view payload;  ///< Borrowed until the next feed(); empty if attached.
};

/// Append one frame to `out`. REQUIRES: payload.size() <= kInlineBytesMax.
void encode_frame(Kind kind, std::string_view payload, std::string& out);

/// Append the frame of a payload that travels in a memory file.
/// REQUIRES: payload.size() <= kAttachedBytesMax.
void encode_attached_frame(Kind kind, std::string_view payload, std::string& out);

/// Whether these bytes are the payload that an attached frame spoke of. Errors: corrupt.
Status check_attached(const Header& header, std::string_view payload);

/// Bytes in, frames out; knows nothing of pipes or sockets, so the test and the fuzzer feed it one
/// byte at a time. Memory: what was fed and is not yet part of a returned frame.
///
/// Calls: (feed next*)*   Threads: owner only.
class Decoder {
 public:
  void feed(std::string_view bytes);

  /// The next whole frame, or nullopt if more bytes are needed.
  /// Errors: corrupt (magic, kind, flags, size or check); the stream is then unusable, and every
  /// further call says so again.
  Result<std::optional<Frame>> next();

 private:
  std::string buffer_;
  std::size_t consumed_bytes_ = 0;
};

}  // namespace penstock::wire
