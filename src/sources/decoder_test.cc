// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/decoder.h"

#include <gtest/gtest.h>

#include <vector>

#include "sources/packing.h"

namespace penstock::sources {
namespace {

TEST(Decoder, IsChosenByMagicBytes) {
  EXPECT_TRUE(decoder_for(gzip("x").substr(0, 4)));
  EXPECT_TRUE(decoder_for(zstd("x").substr(0, 4)));
  EXPECT_TRUE(decoder_for("\x5F\x2A\x4D\x18"));  // A skippable zstd frame.
  for (const char* text : {"", "\x1F", "\x1F\x8B", "\x1F\x8B\x07z", "PK\x03\x04", "\x28\xB5\x2F"}) {
    EXPECT_FALSE(decoder_for(text));
  }
}

TEST(Decoder, KnowsEarlyWhatCannotBecomeAnArchive) {
  for (const std::string& archive : {gzip("x"), zstd("x"), std::string("\x5A\x2A\x4D\x18")}) {
    for (std::size_t bytes = 0; bytes <= 3; ++bytes) {
      EXPECT_TRUE(may_become_archive(archive.substr(0, bytes)));
    }
  }
  for (const char* text : {"a",
                           "\x1F"
                           "a",
                           "(a", "Pa", "PK"}) {
    EXPECT_FALSE(may_become_archive(text)) << text;
  }
}

TEST(Decoder, AsksForMoreByMakingNoProgress) {
  for (const std::string& packed : {gzip("hello"), zstd("hello")}) {
    const auto decoder = decoder_for(packed.substr(0, 4));
    std::vector<char> room(16);
    const std::string_view half = std::string_view(packed).substr(0, packed.size() / 2);
    auto progress = decoder->decode(half, room);
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->consumed, half.size());
    std::size_t produced = progress->produced;
    progress = decoder->decode({}, room);
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->consumed + progress->produced, 0U);
    EXPECT_FALSE(decoder->may_end());
    progress = decoder->decode(std::string_view(packed).substr(half.size()), room);
    ASSERT_TRUE(progress);
    EXPECT_EQ(produced + progress->produced, 5U);
    EXPECT_TRUE(decoder->may_end());
  }
}

}  // namespace
}  // namespace penstock::sources
