// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Numbers and texts as bytes: LEB128 varints, zigzag for signed ones, texts with their length.
// Reading checks every length against what is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace penstock::wire {

inline constexpr std::size_t kVarintBytesMax = 10;

/// Small numbers of either sign become small varints: 0, -1, 1, -2 are 0, 1, 2, 3.
constexpr std::uint64_t to_zigzag(std::int64_t value) noexcept {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t from_zigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
}

/// Appends to a string whose room was made beforehand, so that the hot loop has no growth check.
///
/// REQUIRES: no more than `bytes_max` bytes are written before the destructor, which cuts the
/// string to what was written.
class Writer {
 public:
  Writer(std::string& out, std::size_t bytes_max)
      : out_(out), at_((out.resize(out.size() + bytes_max), out.data() + out.size() - bytes_max)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }

  void byte(std::uint8_t value) noexcept { *at_++ = static_cast<char>(value); }

  void varint(std::uint64_t value) noexcept {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value | 0x80U));
      value >>= 7U;
    }
    byte(static_cast<std::uint8_t>(value));
  }

  void zigzag(std::int64_t value) noexcept { varint(to_zigzag(value)); }

  void text(std::string_view value) noexcept {
    varint(value.size());
    if (!value.empty()) std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }

 private:
  std::string& out_;
  char* at_;
};

/// Reads what a Writer wrote, from bytes that may be anything. The first thing that does not fit
/// makes it fail for good: from then on it gives zeros and empty texts, and failed() says so once
/// at the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) noexcept
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  bool failed() const noexcept { return failed_; }

  std::uint8_t byte() noexcept {
    if (at_ == end_) return static_cast<std::uint8_t>(fail());
    return static_cast<std::uint8_t>(*at_++);
  }

  std::uint64_t varint() noexcept {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) {
      return static_cast<unsigned char>(*at_++);
    }
    return long_varint();
  }

  std::int64_t zigzag() noexcept { return from_zigzag(varint()); }

  /// A varint that must be at most `max`.
  std::uint64_t varint_up_to(std::uint64_t max) noexcept {
    const std::uint64_t value = varint();
    return value <= max ? value : fail();
  }

  /// Borrowed from the bytes.
  std::string_view text() noexcept {
    const std::size_t size = static_cast<std::size_t>(varint_up_to(left()));
    if (size > left()) {
      fail();
      return {};
    }
    const std::string_view value(at_, size);
    at_ += size;
    return value;
  }

  /// How many things follow, if each takes at least `bytes_min` bytes: so a short message cannot
  /// ask for a large table.
  std::size_t count(std::size_t bytes_min) noexcept {
    return static_cast<std::size_t>(varint_up_to(left() / bytes_min));
  }

  /// Give zeros from now on.
  std::uint64_t fail() noexcept {
    failed_ = true;
    at_ = end_;
    return 0;
  }

 private:
  std::uint64_t long_varint() noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kVarintBytesMax && at_ != end_; ++i) {
      const auto next = static_cast<unsigned char>(*at_++);
      if (i + 1 == kVarintBytesMax && next > 1) return fail();  // Above 64 bits.
      value |= std::uint64_t{next & 0x7FU} << (7 * i);
      if (next < 0x80) return value;
    }
    return fail();
  }

  const char* at_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace penstock::wire
