// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/varint.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock::wire {
namespace {

std::string written(std::uint64_t value) {
  std::string out;
  Writer(out, kVarintBytesMax).varint(value);
  return out;
}

TEST(Varint, ComesBackInAsFewBytesAsItNeeds) {
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t value :
         {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1, ~std::uint64_t{0} >> bits}) {
      const std::string bytes = written(value);
      const unsigned used = value == 0 ? 1 : 64 - static_cast<unsigned>(__builtin_clzll(value));
      EXPECT_EQ(bytes.size(), (used + 6) / 7);
      Reader in(bytes);
      EXPECT_EQ(in.varint(), value);
      EXPECT_EQ(in.left(), 0U);
      EXPECT_FALSE(in.failed());
    }
  }
}

TEST(Varint, ZigzagKeepsSmallNumbersOfEitherSignSmall) {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}, kMin, kMax}) {
    EXPECT_EQ(from_zigzag(to_zigzag(value)), value);
  }
  EXPECT_EQ(to_zigzag(-1), 1U);
  EXPECT_EQ(to_zigzag(1), 2U);
}

TEST(Varint, CutOrOverlongFails) {
  const std::string max = written(~std::uint64_t{0});
  for (std::size_t size = 0; size < max.size(); ++size) {
    Reader in(std::string_view(max).substr(0, size));
    EXPECT_EQ(in.varint(), 0U);
    EXPECT_TRUE(in.failed());
  }
  for (const std::string& bytes : {std::string(9, '\xff') + '\x02',
                                   std::string(10, '\xff') + '\x01', std::string(20, '\x80')}) {
    Reader in(bytes);
    EXPECT_EQ(in.varint(), 0U);
    EXPECT_TRUE(in.failed());
  }
}

TEST(Reader, TextsAreCheckedAgainstWhatIsLeft) {
  std::string bytes;
  { Writer(bytes, 20).text("abc"); }
  Reader whole(bytes);
  EXPECT_EQ(whole.text(), "abc");
  EXPECT_FALSE(whole.failed());
  Reader cut(std::string_view(bytes).substr(0, 3));
  EXPECT_EQ(cut.text(), "");
  EXPECT_TRUE(cut.failed());
}

TEST(Reader, CountsAreCheckedAgainstWhatIsLeft) {
  const std::string bytes = written(3) + "123456";
  EXPECT_EQ(Reader(bytes).count(2), 3U);
  Reader in(bytes);
  EXPECT_EQ(in.count(3), 0U);
  EXPECT_TRUE(in.failed());
}

TEST(Reader, StaysFailed) {
  Reader in("\x05");
  in.fail();
  EXPECT_EQ(in.byte(), 0U);
  EXPECT_EQ(in.varint(), 0U);
  EXPECT_EQ(in.text(), "");
  EXPECT_EQ(in.left(), 0U);
  EXPECT_TRUE(in.failed());
}

TEST(Writer, CutsToWhatWasWrittenAndKeepsWhatWasThere) {
  std::string out = "before";
  { Writer(out, 1'000).byte('!'); }
  EXPECT_EQ(out, "before!");
}

}  // namespace
}  // namespace penstock::wire
