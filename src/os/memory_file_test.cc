// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/memory_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace penstock::os {
namespace {

TEST(MemoryFile, SealedContentsComeBack) {
  const std::string text(300'000, 'a');
  const auto file = make_sealed_file(text);
  ASSERT_TRUE(file);
  const auto mapping = map_sealed_file(*file, text.size());
  ASSERT_TRUE(mapping);
  EXPECT_EQ(mapping->text(), text);
}

TEST(MemoryFile, SealedMeansThatNobodyCanChangeIt) {
  const auto file = make_sealed_file("abc");
  EXPECT_LT(::write(file->get(), "x", 1), 0);
  EXPECT_LT(::ftruncate(file->get(), 0), 0);
  EXPECT_LT(::ftruncate(file->get(), 10), 0);
}

TEST(MemoryFile, WhatCouldChangeUnderTheReaderIsRefused) {
  const auto shared = make_shared_file(100);
  const auto mapping = map_sealed_file(*shared, 100);
  ASSERT_FALSE(mapping);
  EXPECT_EQ(mapping.error().kind, "wire.attachment");
  const auto sealed = make_sealed_file("abc");
  EXPECT_FALSE(map_sealed_file(*sealed, 4)) << "longer than it is";
  EXPECT_FALSE(map_sealed_file(*sealed, 2)) << "shorter than it is";
  EXPECT_FALSE(map_sealed_file(*make_sealed_file(""), 0)) << "empty";
  EXPECT_FALSE(map_sealed_file(Fd(), 1)) << "none";
}

TEST(MemoryFile, SharedPagesStartAtZeroAndAreOneMemory) {
  const auto file = make_shared_file(4096);
  const auto first = map_shared_file(*file, 4096);
  const auto second = map_shared_file(*file, 4096);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->bytes()[17], std::byte{0});
  first->bytes()[17] = std::byte{5};
  EXPECT_EQ(second->bytes()[17], std::byte{5});
}

}  // namespace
}  // namespace penstock::os
