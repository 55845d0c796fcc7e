// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/socket_pair.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

#include "os/memory_file.h"

namespace penstock::os {
namespace {

class SocketPairTest : public ::testing::Test {
 protected:
  void SetUp() override { pair_ = std::move(*make_socket_pair(SocketKind::stream)); }

  Received receive() {
    auto received = receive_some(pair_.second, room_);
    EXPECT_TRUE(received);
    return std::move(*received);
  }

  std::pair<Fd, Fd> pair_;
  std::array<char, 4096> room_{};
};

TEST_F(SocketPairTest, CarriesBytes) {
  EXPECT_TRUE(receive().empty);
  EXPECT_EQ(*send_some(pair_.first, "hello"), 5U);
  EXPECT_EQ(receive().bytes, 5U);
  EXPECT_EQ(std::string_view(room_.data(), 5), "hello");
}

TEST_F(SocketPairTest, CarriesDescriptorsInOrder) {
  const auto a = make_sealed_file("a");
  const auto b = make_sealed_file("bb");
  const std::array<int, 2> both{a->get(), b->get()};
  EXPECT_EQ(*send_some(pair_.first, "before"), 6U);
  EXPECT_EQ(*send_some(pair_.first, "with", both), 4U);
  std::vector<Fd> attached;
  std::size_t bytes = 0;
  while (bytes < 10) {
    Received received = receive();
    bytes += received.bytes;
    for (Fd& fd : received.attached) attached.push_back(std::move(fd));
  }
  ASSERT_EQ(attached.size(), 2U);
  EXPECT_EQ(map_sealed_file(attached[0], 1)->text(), "a");
  EXPECT_EQ(map_sealed_file(attached[1], 2)->text(), "bb");
}

TEST_F(SocketPairTest, AFullSocketTakesNothingAndSaysSo) {
  const std::string much(1U << 20U, 'x');
  std::size_t sent = 0;
  for (;;) {
    const auto part = send_some(pair_.first, much);
    ASSERT_TRUE(part);
    if (*part == 0) break;
    sent += *part;
  }
  EXPECT_GT(sent, 0U);
  EXPECT_GT(receive().bytes, 0U);
}

TEST_F(SocketPairTest, TheEndIsSeenOnBothSides) {
  pair_.first.reset();
  const Received received = receive();
  EXPECT_EQ(received.bytes, 0U);
  EXPECT_FALSE(received.empty);
  const auto sent = send_some(pair_.second, "x");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, "system.EPIPE");
}

TEST(MessagePair, KeepsMessagesApart) {
  auto pair = std::move(*make_socket_pair(SocketKind::messages));
  ASSERT_TRUE(send_some(pair.first, "one"));
  ASSERT_TRUE(send_some(pair.first, "three"));
  std::array<char, 64> room{};
  EXPECT_EQ(receive_some(pair.second, room)->bytes, 3U);
  EXPECT_EQ(receive_some(pair.second, room)->bytes, 5U);
  EXPECT_TRUE(receive_some(pair.first, room)->empty) << "the first end does not block";
}

}  // namespace
}  // namespace penstock::os
