// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A bomb is one deflated block of 1 MiB of zeros, repeated. Source: RFC 1952 (gzip), RFC 1951.
//
// Z_FULL_FLUSH ends a block on a byte border and forgets the window, so that the same bytes may
// follow each other any number of times; crc32_combine gives the checksum without the data.
#include "gzip.h"

#define ZLIB_CONST  // next_in points at what zlib only reads.
#include <zlib.h>

#include <new>

namespace penstock::lab {
namespace {

constexpr std::size_t kBlockBytes = 1 << 20;
constexpr int kRaw = -MAX_WBITS;
constexpr int kGzip = MAX_WBITS + 16;

std::string deflate_text(std::string_view text, int window_bits, int flush) {
  z_stream stream{};
  // Fails only without memory, which ends the lab as any other failed allocation does.
  if (deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, flush);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

uLong crc_of(std::string_view text) {
  return crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
}

void append_le32(std::uint64_t number, std::string& out) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>((number >> shift) & 0xFF));
  }
}

}  // namespace

std::string gzip_text(std::string_view text) { return deflate_text(text, kGzip, Z_FINISH); }

std::string gzip_zeros(std::uint64_t bytes) {
  const std::string zeros(kBlockBytes, '\0');
  const auto block = deflate_text(zeros, kRaw, Z_FULL_FLUSH);
  const auto block_crc = crc_of(zeros);
  const auto rest = std::string_view(zeros).substr(0, bytes % kBlockBytes);

  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  out.reserve(out.size() + bytes / kBlockBytes * block.size() + block.size());
  uLong crc = 0;
  for (std::uint64_t i = 0; i < bytes / kBlockBytes; ++i) {
    out.append(block);
    crc = crc32_combine(crc, block_crc, static_cast<z_off_t>(kBlockBytes));
  }
  out.append(deflate_text(rest, kRaw, Z_FINISH));
  crc = crc32_combine(crc, crc_of(rest), static_cast<z_off_t>(rest.size()));
  append_le32(crc, out);
  append_le32(bytes, out);
  return out;
}

}  // namespace penstock::lab
