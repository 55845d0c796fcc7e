// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Room is given back, found again, and never hoarded.
#include "net/body_buffers.h"

#include <gtest/gtest.h>

namespace penstock::net {
namespace {

TEST(BodyBuffers, RoomComesBack) {
  BodyBuffers buffers;
  std::string first = buffers.take(100'000);
  EXPECT_GE(first.capacity(), 100'000U);
  const char* place = first.data();
  first.assign(50'000, 'x');
  buffers.give(std::move(first));
  EXPECT_GE(buffers.kept_bytes(), 100'000U);
  std::string second = buffers.take(60'000);
  EXPECT_EQ(second.data(), place);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(buffers.kept_bytes(), 0U);
}

TEST(BodyBuffers, NoBufferIsSmallerThanAskedFor) {
  BodyBuffers buffers;
  buffers.give(std::string(20'000, 'x'));
  EXPECT_GE(buffers.take(60'000).capacity(), 60'000U);
  EXPECT_GE(buffers.take(64 << 20).capacity(), std::size_t{64} << 20);
}

TEST(BodyBuffers, SmallOnesAreNotKept) {
  BodyBuffers buffers;
  buffers.give(std::string(100, 'x'));
  EXPECT_EQ(buffers.kept_bytes(), 0U);
  EXPECT_LT(buffers.take(100).capacity(), 1000U);
}

TEST(BodyBuffers, WhatIsKeptIsBounded) {
  BodyBuffers buffers;
  for (int i = 0; i < 100; ++i) {
    std::string large;
    large.reserve(1 << 20);
    buffers.give(std::move(large));
  }
  EXPECT_LE(buffers.kept_bytes(), BodyBuffers::kKeptBytesMax);
  EXPECT_GT(buffers.kept_bytes(), BodyBuffers::kKeptBytesMax / 2);
  std::string huge;
  huge.reserve(BodyBuffers::kKeptBytesMax + 1);
  buffers.give(std::move(huge));
  EXPECT_LE(buffers.kept_bytes(), BodyBuffers::kKeptBytesMax);
}

}  // namespace
}  // namespace penstock::net
