// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Draws are the same for ever, and fair.
#include "chance.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::lab {
namespace {

TEST(Chance, hash_is_the_same_for_ever) {
  EXPECT_NE(hash_text("127.0.0.1/ok"), hash_text("127.0.0.2/ok"));
  // Computed by an independent program from the definitions.
  EXPECT_EQ(hash_text(""), 14087677454934409008u);
  EXPECT_EQ(hash_text("127.0.0.1/ok"), 12497843716220542791u);
}

TEST(Chance, every_part_of_a_draw_counts) {
  const Draw draw{1, 2, 3, 4};
  EXPECT_EQ(draw_bits(draw), draw_bits({1, 2, 3, 4}));
  for (const Draw& other :
       {Draw{9, 2, 3, 4}, Draw{1, 9, 3, 4}, Draw{1, 2, 9, 4}, Draw{1, 2, 3, 9}}) {
    EXPECT_NE(draw_bits(draw), draw_bits(other));
  }
}

TEST(Chance, a_tenth_is_a_tenth) {
  int hits = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    hits += draw_share({7, hash_text(std::to_string(i)), 1, 0}) < 0.1;
  }
  EXPECT_NEAR(hits, 10'000, 400);
}

}  // namespace
}  // namespace penstock::lab
