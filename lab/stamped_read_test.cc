// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A real pair of loopback sockets: the stamp is of the arrival, not of the reading.
#include "stamped_read.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace penstock::lab {
namespace {

struct Pair {
  int client = -1;
  int server = -1;

  Pair() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    ask_for_stamps(listener);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    bind(listener, reinterpret_cast<sockaddr*>(&address), bytes);
    listen(listener, 1);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &bytes);
    client = socket(AF_INET, SOCK_STREAM, 0);
    connect(client, reinterpret_cast<sockaddr*>(&address), bytes);
    server = accept(listener, nullptr, nullptr);
    close(listener);
  }
  ~Pair() {
    close(client);
    close(server);
  }
};

TEST(StampedRead, stamps_lie_between_sending_and_reading) {
  Pair pair;
  std::array<char, 16> into{};
  EXPECT_EQ(read_stamped(pair.server, into).state, ReadState::nothing_yet);
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(send(pair.client, "abc", 3, 0), 3);
  const auto read = read_stamped(pair.server, into);
  const auto after = std::chrono::steady_clock::now();
  ASSERT_EQ(read.state, ReadState::bytes);
  EXPECT_EQ(read.bytes, 3u);
  // A millisecond for the difference between reading two clocks one after the other.
  EXPECT_GE(read.at, before - std::chrono::milliseconds(1));
  EXPECT_LE(read.at, after);
}

TEST(StampedRead, the_end_is_seen) {
  Pair pair;
  std::array<char, 16> into{};
  shutdown(pair.client, SHUT_WR);
  auto state = ReadState::nothing_yet;
  while (state == ReadState::nothing_yet) state = read_stamped(pair.server, into).state;
  EXPECT_EQ(state, ReadState::end);
  EXPECT_EQ(read_stamped(-1, into).state, ReadState::end);
}

}  // namespace
}  // namespace penstock::lab
