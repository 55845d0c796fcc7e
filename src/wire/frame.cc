// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The header is written and read byte by byte, so that the machine's own order never shows.
#include "wire/frame.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <utility>

#include "core/assert.h"

namespace penstock::wire {
namespace {

constexpr std::uint16_t kMagic = 0x5350;  // "PS" on the wire.
constexpr std::uint8_t kAttached = 1;
constexpr std::size_t kSeedBytes = 8;  // Everything before the check.
static_assert(kHeaderBytes == kSeedBytes + sizeof(std::uint32_t));

constexpr std::size_t kKindAt = 2;
constexpr std::size_t kFlagsAt = 3;
constexpr std::size_t kSizeAt = 4;

std::uint64_t load(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

void store(std::uint64_t value, std::size_t count, std::string& out) {
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint32_t check_of(std::uint64_t seed, std::string_view payload) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(payload.data(), payload.size(), seed));
}

std::uint64_t seed_of(Kind kind, std::uint8_t flags, std::size_t payload_bytes) {
  return kMagic | (std::uint64_t{static_cast<std::uint8_t>(kind)} << (8 * kKindAt)) |
         (std::uint64_t{flags} << (8 * kFlagsAt)) | (std::uint64_t{payload_bytes} << (8 * kSizeAt));
}

void encode_header(Kind kind, std::uint8_t flags, std::string_view payload, std::string& out) {
  const std::uint64_t seed = seed_of(kind, flags, payload.size());
  store(seed, kSeedBytes, out);
  store(check_of(seed, payload), sizeof(std::uint32_t), out);
}

Error corrupt(std::string what) {
  return Error{.code = Errc::corrupt, .message = std::move(what), .kind = "wire.corrupt"};
}

bool is_known(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(Kind::hello) &&
         kind <= static_cast<std::uint8_t>(Kind::started);
}

Result<Header> decode_header(std::string_view bytes) {
  const auto kind = static_cast<std::uint8_t>(bytes[kKindAt]);
  const auto flags = static_cast<std::uint8_t>(bytes[kFlagsAt]);
  const bool attached = (flags & kAttached) != 0;
  const auto size = static_cast<std::uint32_t>(load(bytes.substr(kSizeAt, sizeof(std::uint32_t))));
  if (load(bytes.substr(0, kKindAt)) != kMagic) return corrupt("read frame: wrong magic");
  if (!is_known(kind)) return corrupt(fmt::format("read frame: unknown kind {}", kind));
  if ((flags & ~kAttached) != 0) return corrupt(fmt::format("read frame: unknown flags {}", flags));
  if (size > (attached ? kAttachedBytesMax : kInlineBytesMax)) {
    return corrupt(fmt::format("read frame: {} bytes are too many", size));
  }
  const auto check =
      static_cast<std::uint32_t>(load(bytes.substr(kSeedBytes, sizeof(std::uint32_t))));
  return Header{.kind = Kind{kind}, .attached = attached, .payload_bytes = size, .check = check};
}

std::uint64_t seed_of(const Header& header) {
  return seed_of(header.kind, header.attached ? kAttached : 0, header.payload_bytes);
}

}  // namespace

void encode_frame(Kind kind, std::string_view payload, std::string& out) {
  PENSTOCK_ASSERT(payload.size() <= kInlineBytesMax);
  encode_header(kind, 0, payload, out);
  out.append(payload);
}

void encode_attached_frame(Kind kind, std::string_view payload, std::string& out) {
  PENSTOCK_ASSERT(payload.size() <= kAttachedBytesMax);
  encode_header(kind, kAttached, payload, out);
}

Status check_attached(const Header& header, std::string_view payload) {
  if (payload.size() == header.payload_bytes &&
      check_of(seed_of(header), payload) == header.check) {
    return ok();
  }
  return corrupt("read attached payload: wrong check");
}

void Decoder::feed(std::string_view bytes) {
  buffer_.erase(0, std::exchange(consumed_bytes_, 0));
  buffer_.append(bytes);
}

Result<std::optional<Frame>> Decoder::next() {
  const std::string_view rest = std::string_view(buffer_).substr(consumed_bytes_);
  if (rest.size() < kHeaderBytes) return std::optional<Frame>();
  PENSTOCK_TRY(header, decode_header(rest));
  if (header.attached) {
    consumed_bytes_ += kHeaderBytes;
    return std::optional<Frame>(Frame{.header = header, .payload = {}});
  }
  if (rest.size() - kHeaderBytes < header.payload_bytes) return std::optional<Frame>();
  const std::string_view payload = rest.substr(kHeaderBytes, header.payload_bytes);
  if (check_of(seed_of(header), payload) != header.check) {
    return corrupt("read frame: wrong check");
  }
  consumed_bytes_ += kHeaderBytes + payload.size();
  return std::optional<Frame>(Frame{.header = header, .payload = payload});
}

}  // namespace penstock::wire
