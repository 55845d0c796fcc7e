// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/frame.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/wire_vectors.h"

namespace penstock::wire {
namespace {

std::string encoded(Kind kind, const std::string& payload) {
  std::string bytes;
  encode_frame(kind, payload, bytes);
  return bytes;
}

// "3:payload 6:" for frames, "..." when more bytes are needed, "!" when the stream is corrupt.
std::string drain(Decoder& decoder) {
  std::string seen;
  for (;;) {
    const auto frame = decoder.next();
    if (!frame) return seen + "!";
    if (!*frame) return seen + "...";
    const auto kind = static_cast<int>((*frame)->header.kind);
    seen += std::to_string(kind) + ((*frame)->header.attached ? "@" : ":");
    seen += std::string((*frame)->payload) + " ";
  }
}

std::string decoded(const std::string& bytes) {
  Decoder decoder;
  decoder.feed(bytes);
  return drain(decoder);
}

TEST(Frame, VectorsOfTheDocument) {
  auto vectors = vectors_of("Test vectors: frames");
  ASSERT_EQ(vectors.size(), 4U);
  EXPECT_EQ(vectors["stop, empty"], encoded(Kind::stop, ""));
  EXPECT_EQ(vectors["work, `abc`"], encoded(Kind::work, "abc"));
  EXPECT_EQ(vectors["finished, 300 times `x`"].substr(0, kHeaderBytes),
            encoded(Kind::finished, std::string(300, 'x')).substr(0, kHeaderBytes));
  std::string attached;
  encode_attached_frame(Kind::work, "abc", attached);
  EXPECT_EQ(vectors["work, `abc`, attached"], attached);
}

TEST(Frame, ComeBackInOrder) {
  const std::string stream = encoded(Kind::hello, "a") + encoded(Kind::work, "") +
                             encoded(Kind::finished, std::string(5, 'z'));
  EXPECT_EQ(decoded(stream), "1:a 3: 4:zzzzz ...");
}

TEST(Frame, FedByteByByte) {
  const std::string stream = encoded(Kind::work, "one") + encoded(Kind::stop, "");
  Decoder decoder;
  std::string seen;
  for (const char byte : stream) {
    decoder.feed(std::string_view(&byte, 1));
    const std::string now = drain(decoder);
    if (now != "...") seen += now;
  }
  EXPECT_EQ(seen, "3:one ...6: ...");
}

TEST(Frame, AnySplitGivesTheSame) {
  const std::string stream =
      encoded(Kind::work, "first") + encoded(Kind::cancel, "2") + encoded(Kind::stop, "");
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    Decoder decoder;
    decoder.feed(std::string_view(stream).substr(0, at));
    std::string seen = drain(decoder);
    decoder.feed(std::string_view(stream).substr(at));
    seen += drain(decoder);
    seen.erase(seen.find("..."), 3);
    EXPECT_EQ(seen, "3:first 5:2 6: ...") << "split at " << at;
  }
}

TEST(Frame, EveryFlippedBitIsFound) {
  const std::string frame = encoded(Kind::work, "payload");
  for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
    std::string bytes = frame;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    // A size that grew just waits for bytes that never come, and an attached one is checked later.
    const std::string seen = decoded(bytes + std::string(300, '\0'));
    const bool waits = bit / 8 >= 4 && bit / 8 < 8 && seen == "...";
    const bool attached = bit == 24 && seen.starts_with("3@");
    EXPECT_TRUE(seen == "!" || waits || attached) << "bit " << bit << ": " << seen;
  }
}

TEST(Frame, CorruptStaysCorrupt) {
  Decoder decoder;
  decoder.feed("garbage that is long enough");
  EXPECT_EQ(drain(decoder), "!");
  decoder.feed(encoded(Kind::stop, ""));
  EXPECT_EQ(drain(decoder), "!");
}

TEST(Frame, SizesAboveTheLimitAreRefusedBeforeTheyAreAwaited) {
  std::string bytes = encoded(Kind::work, "");
  bytes[7] = '\x7f';
  EXPECT_EQ(decoded(bytes), "!");
}

TEST(Frame, AttachedPayloadIsCheckedWhenItIsThere) {
  std::string bytes;
  encode_attached_frame(Kind::work, "large", bytes);
  EXPECT_EQ(bytes.size(), kHeaderBytes);
  Decoder decoder;
  decoder.feed(bytes + encoded(Kind::stop, ""));
  const auto frame = decoder.next();
  ASSERT_TRUE(frame && *frame);
  EXPECT_TRUE((*frame)->header.attached);
  EXPECT_EQ((*frame)->header.payload_bytes, 5U);
  EXPECT_TRUE(check_attached((*frame)->header, "large"));
  EXPECT_EQ(check_attached((*frame)->header, "Large").error().kind, "wire.corrupt");
  EXPECT_FALSE(check_attached((*frame)->header, "large "));
  EXPECT_EQ(drain(decoder), "6: ...");
}

}  // namespace
}  // namespace penstock::wire
