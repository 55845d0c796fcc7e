// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// zlib and libzstd, as streams of members and frames.
#include "sources/decoder.h"

#define ZLIB_CONST  // next_in is then a pointer to const.
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <string>

#include "core/assert.h"

namespace penstock::sources {
namespace {

Error damaged(std::string_view reason) {
  return Error{.code = Errc::invalid, .message = std::string(reason), .kind = "input.archive"};
}

unsigned clamp_to_unsigned(std::size_t bytes) {
  return static_cast<unsigned>(std::min(bytes, std::size_t{std::numeric_limits<unsigned>::max()}));
}

// Source: RFC 1952; a file is a series of members. tar and tapes pad with zeros, as gzip(1) allows.
class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() {
    constexpr int kGzipOnly = 16;
    const int outcome = inflateInit2(&stream_, kGzipOnly + MAX_WBITS);
    PENSTOCK_ASSERT(outcome == Z_OK);
  }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  ~GzipDecoder() override { inflateEnd(&stream_); }

  Result<Progress> decode(std::string_view packed, std::span<char> room) override {
    const std::size_t zeros = between_ ? begin_member(packed) : 0;
    if (between_) return Progress{zeros, 0};
    packed.remove_prefix(zeros);
    stream_.next_in = reinterpret_cast<const Bytef*>(packed.data());
    stream_.avail_in = clamp_to_unsigned(packed.size());
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = clamp_to_unsigned(room.size());
    const unsigned in_before = stream_.avail_in;
    const unsigned out_before = stream_.avail_out;
    const int outcome = inflate(&stream_, Z_NO_FLUSH);
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) {
      return damaged(stream_.msg != nullptr ? stream_.msg : "not gzip");
    }
    if (outcome == Z_STREAM_END) between_ = true;
    return Progress{zeros + in_before - stream_.avail_in, out_before - stream_.avail_out};
  }

  bool may_end() const override { return between_; }

 private:
  // Passes over padding; how many bytes of it.
  std::size_t begin_member(std::string_view packed) {
    const std::size_t zeros = std::min(packed.find_first_not_of('\0'), packed.size());
    if (zeros < packed.size()) {
      between_ = false;
      inflateReset(&stream_);
    }
    return zeros;
  }

  z_stream stream_{};
  bool between_ = false;  // A member has ended and no further one has begun.
};

// Source: RFC 8878; libzstd goes from frame to frame by itself.
class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) { PENSTOCK_ASSERT(stream_ != nullptr); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  Result<Progress> decode(std::string_view packed, std::span<char> room) override {
    if (packed.empty() && between_) return Progress{};
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t outcome = ZSTD_decompressStream(stream_, &out, &in);
    if (ZSTD_isError(outcome) != 0U) return damaged(ZSTD_getErrorName(outcome));
    between_ = outcome == 0;
    return Progress{in.pos, out.pos};
  }

  bool may_end() const override { return between_; }

 private:
  ZSTD_DStream* stream_;
  bool between_ = false;
};

constexpr std::string_view kGzipMagic = "\x1F\x8B\x08";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr std::string_view kSkippableMagic = "\x2A\x4D\x18";  // After a byte 50 to 5F.

// A frame that carries no content, which may come first.
bool is_skippable(std::string_view bytes) {
  return !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0xF0U) == 0x50U &&
         kSkippableMagic.starts_with(bytes.substr(1, kSkippableMagic.size()));
}

}  // namespace

bool may_become_archive(std::string_view first_bytes) {
  return kGzipMagic.starts_with(first_bytes) || kZstdMagic.starts_with(first_bytes) ||
         is_skippable(first_bytes);
}

std::unique_ptr<Decoder> decoder_for(std::string_view first_bytes) {
  if (first_bytes.starts_with(kGzipMagic)) return std::make_unique<GzipDecoder>();
  const bool whole = first_bytes.size() >= kMagicBytesMax;
  if (first_bytes.starts_with(kZstdMagic) || (whole && is_skippable(first_bytes))) {
    return std::make_unique<ZstdDecoder>();
  }
  return nullptr;
}

}  // namespace penstock::sources
