// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/byte_stream.h"

#include <gtest/gtest.h>

#include "sources/reading.h"
#include "sources/streams.h"

namespace penstock::sources {
namespace {

TEST(FileStream, GivesTheBytesOfAFile) {
  Inputs inputs;
  auto stream = open_file_stream(inputs.write("a", std::string(100'000, 'x') + "end"));
  ASSERT_TRUE(stream);
  EXPECT_EQ(drain(**stream), std::string(100'000, 'x') + "end");
  EXPECT_EQ((*stream)->name(), inputs.path("a"));
}

TEST(FileStream, NamesAMissingFile) {
  const auto stream = open_file_stream("/nowhere/terms.txt");
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, "file.missing");
  EXPECT_NE(stream.error().message.find("/nowhere/terms.txt"), std::string::npos);
}

TEST(PeekStream, LooksWithoutTaking) {
  PeekStream stream(pieces({"ab", "cd"}));
  EXPECT_EQ(**stream.peek(3), "abc");
  EXPECT_EQ(**stream.peek(2), "ab");
  EXPECT_EQ(drain(stream), "abcd");
}

TEST(PeekStream, DropsWhatWasSeen) {
  PeekStream stream(pieces({"abcd"}));
  EXPECT_EQ(**stream.peek(3), "abc");
  stream.drop(2);
  EXPECT_EQ(drain(stream), "cd");
}

TEST(PeekStream, SeesLessOfAShortStream) {
  PeekStream stream(pieces({"a"}));
  EXPECT_EQ(**stream.peek(4), "a");
  EXPECT_EQ(drain(stream), "a");
}

TEST(PeekStream, WaitsForAPipe) {
  PeekStream stream(pieces({"a", kWait, "b"}));
  EXPECT_FALSE(*stream.peek(2));
  EXPECT_EQ(**stream.peek(2), "ab");
}

TEST(PeekStream, PassesAnErrorOn) {
  PeekStream stream(pieces({"a", kFail}));
  EXPECT_FALSE(stream.peek(2));
}

}  // namespace
}  // namespace penstock::sources
