// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/unpack.h"

#include <gtest/gtest.h>

#include "sources/packing.h"
#include "sources/streams.h"

namespace penstock::sources {
namespace {

std::string check(const std::string& packed) {
  const std::string at_once = drain(*unpacked(pieces({packed})));
  if (packed.size() < 10'000) {
    EXPECT_EQ(drain(*unpacked(drops(packed)), 1), at_once);
  }
  return at_once;
}

const std::string kText = "the quick brown fox\njumps\n";

TEST(Unpack, PassesTextOn) {
  EXPECT_EQ(check(kText), kText);
  EXPECT_EQ(check(""), "");
  EXPECT_EQ(check("\x1F\x8B"), "\x1F\x8B");
}

TEST(Unpack, UnpacksGzipAndZstd) {
  EXPECT_EQ(check(gzip(kText)), kText);
  EXPECT_EQ(check(zstd(kText)), kText);
  EXPECT_EQ(check(gzip("")), "");
  EXPECT_EQ(check(zstd("")), "");
}

TEST(Unpack, GoesOnWithFollowingMembersAndFrames) {
  EXPECT_EQ(check(gzip("a") + gzip("") + gzip("b")), "ab");
  EXPECT_EQ(check(zstd("a") + zstd("") + zstd("b")), "ab");
}

TEST(Unpack, AllowsZerosBehindGzip) {
  EXPECT_EQ(check(gzip("a") + std::string(1024, '\0')), "a");
  EXPECT_EQ(check(gzip("a") + std::string(3, '\0') + gzip("b")), "ab");
}

TEST(Unpack, UnpacksMuchInLittleRoom) {
  const std::string text(10'000'000, 'x');
  EXPECT_EQ(check(gzip(text)), text);
  EXPECT_EQ(check(zstd(text)), text);
}

TEST(Unpack, RefusesWhatFollowsAnArchive) {
  EXPECT_EQ(check(gzip("a") + "text"),
            "a!input.archive: unpack pieces: damaged: incorrect header check");
  EXPECT_EQ(check(zstd("a") + "text"),
            "a!input.archive: unpack pieces: damaged: Unknown frame descriptor");
}

TEST(Unpack, EndsQuietlyWhereTheRestIsLost) {
  const std::string packed = gzip(std::string(1000, 'x')) + gzip(kText);
  const auto stream = unpacked(pieces({packed.substr(0, packed.size() - 5), kLost}));
  EXPECT_EQ(drain(*stream).substr(0, 1000), std::string(1000, 'x'));
  EXPECT_TRUE(stream->incomplete());
}

TEST(Unpack, PassesAnErrorOn) {
  const std::string packed = gzip(kText);
  EXPECT_NE(drain(*unpacked(pieces({packed.substr(0, 12), kFail}))).find("!test: broken"),
            std::string::npos);
}

}  // namespace
}  // namespace penstock::sources
