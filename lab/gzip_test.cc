// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// zlib itself judges what was made.
#include "gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace penstock::lab {
namespace {

std::string unpacked(const std::string& gzip, std::size_t bytes) {
  std::string out(bytes + 1, 'x');
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string input = gzip;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? out : "(broken)";
}

TEST(Gzip, text_comes_back) {
  for (const auto& text : {std::string(), std::string("hello"), std::string(300'000, 'a')}) {
    EXPECT_EQ(unpacked(gzip_text(text), text.size()), text);
  }
}

TEST(Gzip, bombs_have_the_right_length_and_crc) {
  for (const std::size_t bytes : {0u, 1u, 1u << 20, (5u << 20) + 123}) {
    EXPECT_EQ(unpacked(gzip_zeros(bytes), bytes), std::string(bytes, '\0')) << bytes;
  }
}

TEST(Gzip, bombs_are_small) { EXPECT_LT(gzip_zeros(256u << 20).size(), 400'000u); }

}  // namespace
}  // namespace penstock::lab
