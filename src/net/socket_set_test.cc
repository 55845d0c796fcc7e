// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lazy interest tells no lies: what is wanted is reported, what is not wanted is not.
#include "net/socket_set.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace penstock::net {
namespace {

class SocketSetTest : public testing::Test {
 protected:
  SocketSetTest() { open(); }
  ~SocketSetTest() override {
    ::close(near_);
    ::close(far_);
  }

  void open() {
    int pair[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    near_ = pair[0];
    far_ = pair[1];
  }
  void speak() { ASSERT_EQ(::write(far_, "x", 1), 1); }
  void listen() {
    char byte;
    ASSERT_EQ(::read(near_, &byte, 1), 1);
  }
  /// The lane that is told, or -1.
  int told() {
    const auto ready = set_.ready();
    return ready.empty() ? -1 : static_cast<int>(ready[0].lane);
  }

  SocketSet set_ = std::move(*SocketSet::create());
  int near_ = -1;
  int far_ = -1;
};

TEST_F(SocketSetTest, ReportsWhatIsWanted) {
  set_.opened(near_);
  set_.want(near_, 5, EPOLLIN);
  EXPECT_EQ(told(), -1);
  speak();
  EXPECT_EQ(told(), 5);
  set_.want(near_, 5, EPOLLIN | EPOLLOUT);
  EXPECT_EQ(set_.ready()[0].events, std::uint32_t{EPOLLIN | EPOLLOUT});
  set_.want(near_, 5, EPOLLOUT);
  EXPECT_EQ(set_.ready()[0].events, std::uint32_t{EPOLLOUT});
}

TEST_F(SocketSetTest, DroppedInterestIsSilentAndComesBack) {
  set_.opened(near_);
  set_.want(near_, 5, EPOLLIN);
  set_.want(near_, 5, 0);
  speak();
  EXPECT_EQ(told(), -1);
  EXPECT_EQ(told(), -1);
  set_.want(near_, 6, EPOLLIN);
  EXPECT_EQ(told(), 6);
}

TEST_F(SocketSetTest, AReusedNumberIsANewSocket) {
  set_.opened(near_);
  set_.want(near_, 1, EPOLLIN);
  set_.want(near_, 1, 0);
  set_.closed(near_);
  const int old_number = near_;
  ::close(near_);
  ::close(far_);
  open();
  ASSERT_EQ(near_, old_number);
  set_.opened(near_);
  set_.want(near_, 2, EPOLLIN);
  speak();
  EXPECT_EQ(told(), 2);
}

TEST_F(SocketSetTest, SocketsThatWeDidNotOpen) {
  set_.want(near_, 3, EPOLLIN);
  speak();
  EXPECT_EQ(told(), 3);
  listen();
  set_.want(near_, 3, 0);
  speak();
  EXPECT_EQ(told(), -1);
  // Closed behind our back, and the number used again.
  const int old_number = near_;
  set_.want(near_, 3, EPOLLIN);
  ::close(near_);
  ::close(far_);
  open();
  ASSERT_EQ(near_, old_number);
  set_.want(near_, 4, EPOLLIN);
  speak();
  EXPECT_EQ(told(), 4);
}

}  // namespace
}  // namespace penstock::net
