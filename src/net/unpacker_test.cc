// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every coding in pieces of one byte and of many; cut anywhere it is never complete.
#include "net/unpacker.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace penstock::net {
namespace {

std::string text() {
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "line " + std::to_string(i * i) + "\n";
  return text;
}

std::string deflated(const std::string& plain, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string packed(plain.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

std::string gzip(const std::string& plain) { return deflated(plain, MAX_WBITS + 16); }

std::string brotli(const std::string& plain) {
  std::string packed(plain.size() + 1000, '\0');
  std::size_t size = packed.size();
  BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, plain.size(),
                        reinterpret_cast<const std::uint8_t*>(plain.data()), &size,
                        reinterpret_cast<std::uint8_t*>(packed.data()));
  packed.resize(size);
  return packed;
}

std::string zstd(const std::string& plain) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 3));
  return packed;
}

/// What comes out of it, in pieces of so many bytes; "broken: ..." or "cut" if it is not whole.
std::string unpacked(std::string_view codings, std::string_view packed, std::size_t piece_bytes) {
  auto unpacker = Unpacker::for_codings(codings);
  if (!unpacker) return "broken: " + unpacker.error().message;
  std::string plain;
  for (std::size_t at = 0; at < packed.size(); at += piece_bytes) {
    const auto fed =
        unpacker->feed(packed.substr(at, piece_bytes), [&plain](std::string_view piece) {
          plain.append(piece);
          return true;
        });
    if (!fed) return "broken: " + fed.error().message;
  }
  return unpacker->is_complete() ? plain : "cut";
}

TEST(Unpacker, EveryCodingInEveryPiece) {
  const struct {
    const char* codings;
    std::string packed;
  } rows[] = {{"gzip", gzip(text())},
              {"X-GZIP", gzip(text())},
              {"deflate", deflated(text(), MAX_WBITS)},
              {"deflate", deflated(text(), -MAX_WBITS)},
              {"br", brotli(text())},
              {"zstd", zstd(text())},
              {"identity, gzip,, br", brotli(gzip(text()))},
              {"gzip,gzip,gzip,gzip,gzip", gzip(gzip(gzip(gzip(gzip(text())))))}};
  for (const auto& row : rows) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, row.packed.size()}) {
      EXPECT_EQ(unpacked(row.codings, row.packed, piece), text()) << row.codings << " " << piece;
    }
    for (const std::size_t left : {std::size_t{1}, row.packed.size() / 2, row.packed.size() - 1}) {
      EXPECT_EQ(unpacked(row.codings, row.packed.substr(0, left), 1000), "cut")
          << row.codings << " " << left;
    }
  }
}

TEST(Unpacker, MembersAndWhatStandsBehindTheLast) {
  EXPECT_EQ(unpacked("gzip", gzip("a") + gzip("b"), 1), "ab");
  EXPECT_EQ(unpacked("gzip", gzip("a") + "garbage", 1000), "a");
  EXPECT_EQ(unpacked("br", brotli("a") + "garbage", 1000), "a");
}

TEST(Unpacker, WhatIsNoneIsBroken) {
  for (const char* coding : {"gzip", "deflate", "br", "zstd"}) {
    EXPECT_EQ(unpacked(coding, std::string(100, '\xff'), 7),
              std::string("broken: a body that is no ") + coding);
    EXPECT_EQ(unpacked(coding, "", 1), "") << "no body is no broken one";
  }
  EXPECT_EQ(unpacked("klingon", "x", 1), "broken: a body that is no known coding");
  EXPECT_EQ(unpacked("gzip,gzip,gzip,gzip,gzip,gzip", "x", 1),
            "broken: a body that is no body: more than five codings");
  EXPECT_EQ(unpacked("gzip, br", brotli("not gzip at all"), 100), "broken: a body that is no gzip");
}

TEST(Unpacker, StopsWhenNoMoreIsWanted) {
  for (const auto& [coding, packed] : {std::pair("gzip", gzip(std::string(1 << 20, 'x'))),
                                       std::pair("br", brotli(std::string(1 << 20, 'x'))),
                                       std::pair("zstd", zstd(std::string(1 << 20, 'x')))}) {
    auto unpacker = Unpacker::for_codings(coding);
    std::size_t taken = 0;
    const auto fed = unpacker->feed(packed, [&taken](std::string_view piece) {
      taken += piece.size();
      return false;
    });
    ASSERT_TRUE(fed);
    EXPECT_FALSE(*fed);
    EXPECT_LE(taken, std::size_t{16} << 10) << coding;
  }
}

}  // namespace
}  // namespace penstock::net
