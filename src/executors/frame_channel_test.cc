// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/frame_channel.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <vector>

#include "os/socket_pair.h"

namespace penstock::executors {
namespace {

class FrameChannelTest : public ::testing::Test {
 protected:
  FrameChannelTest() : FrameChannelTest(std::move(*os::make_socket_pair(os::SocketKind::stream))) {}

  // Moves bytes until everything has arrived; the payloads' sizes and first bytes, in order.
  std::string transfer() {
    std::string seen;
    for (bool sent = false; !sent;) {
      const auto flushed = sender_.flush();
      if (!flushed) return seen + flushed.error().kind;
      sent = *flushed;
      seen += receive();
    }
    return seen;
  }

  std::string receive() {
    std::string seen;
    for (;;) {
      const auto intake = receiver_.fill();
      if (!intake) return seen + intake.error().kind;
      seen += messages();
      if (*intake == Intake::closed) return seen + "closed";
      if (*intake == Intake::empty) return seen;
    }
  }

  std::string messages() {
    std::string seen;
    for (;;) {
      const auto message = receiver_.next();
      if (!message) return seen + message.error().kind;
      if (!*message) return seen;
      const auto payload = (*message)->payload;
      seen += std::to_string(payload.size()) + std::string(payload.substr(0, 1)) + " ";
    }
  }

  void push(std::size_t size, char byte) {
    ASSERT_TRUE(sender_.push(wire::Kind::work, std::string(size, byte)));
  }

  FrameChannel sender_;
  FrameChannel receiver_;

 private:
  explicit FrameChannelTest(std::pair<os::Fd, os::Fd> pair)
      : sender_(std::move(pair.first)), receiver_(std::move(pair.second)) {}
};

TEST_F(FrameChannelTest, SmallAndLargeComeInOrder) {
  push(1, 'a');
  push(kAttachFromBytes, 'b');
  push(0, ' ');
  push(10'000'000, 'c');
  push(kAttachFromBytes - 1, 'd');
  EXPECT_EQ(transfer(), "1a 131072b 0 10000000c 131071d ");
}

TEST_F(FrameChannelTest, MoreThanTheSocketHoldsWaits) {
  for (int i = 0; i < 100; ++i) push(60'000, 'x');
  const auto flushed = sender_.flush();
  ASSERT_TRUE(flushed);
  EXPECT_FALSE(*flushed);
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += "60000x ";
  EXPECT_EQ(transfer(), expected);
}

TEST_F(FrameChannelTest, ManyFilesUnderWayKeepTheirOrder) {
  std::string expected;
  for (char byte = 'a'; byte <= 'z'; ++byte) {
    push(kAttachFromBytes + static_cast<std::size_t>(byte), byte);
    expected += std::to_string(kAttachFromBytes + static_cast<std::size_t>(byte)) + byte + " ";
  }
  EXPECT_EQ(transfer(), expected);
}

TEST_F(FrameChannelTest, WithoutDescriptorsLargePayloadsGoInline) {
  // No member of the fixture is called meanwhile: UBSan needs descriptors to check its type.
  FrameChannel& sender = sender_;
  const std::string large(1'000'000, 'i');
  const std::string too_large(wire::kInlineBytesMax + 1, 'h');
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 3;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const Status inlined = sender.push(wire::Kind::work, large);
  const Status huge = sender.push(wire::Kind::work, too_large);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(inlined);
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().kind, "wire.too_large");
  EXPECT_EQ(transfer(), "1000000i ");
}

TEST_F(FrameChannelTest, AFrameWithoutItsFileIsCorrupt) {
  std::string bytes;
  wire::encode_attached_frame(wire::Kind::work, std::string(200'000, 'x'), bytes);
  auto pair = std::move(*os::make_socket_pair(os::SocketKind::stream));
  ASSERT_TRUE(os::send_some(pair.first, bytes));
  FrameChannel channel(std::move(pair.second));
  ASSERT_TRUE(channel.fill());
  EXPECT_EQ(channel.next().error().kind, "wire.attachment");
}

TEST_F(FrameChannelTest, AnotherFileThanTheFrameSpeaksOfIsCorrupt) {
  std::string bytes;
  wire::encode_attached_frame(wire::Kind::work, std::string(200'000, 'x'), bytes);
  for (const auto& text : {std::string(200'000, 'y'), std::string(5, 'x')}) {
    auto pair = std::move(*os::make_socket_pair(os::SocketKind::stream));
    const auto file = os::make_sealed_file(text);
    const std::array<int, 1> attached{file->get()};
    ASSERT_TRUE(os::send_some(pair.first, bytes, attached));
    FrameChannel channel(std::move(pair.second));
    ASSERT_TRUE(channel.fill());
    EXPECT_EQ(channel.next().error().code, Errc::corrupt);
  }
}

TEST_F(FrameChannelTest, TheEndComesAfterEverythingThatWasSent) {
  push(5, 'a');
  ASSERT_TRUE(sender_.flush());
  sender_ = FrameChannel(os::Fd());
  EXPECT_EQ(receive(), "5a closed");
  ASSERT_TRUE(receiver_.push(wire::Kind::work, "x"));
  EXPECT_EQ(receiver_.flush().error().kind, "system.EPIPE");
}

}  // namespace
}  // namespace penstock::executors
