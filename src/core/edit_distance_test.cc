// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "core/edit_distance.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(EditDistance, CountsTheLeastEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("rate", "rate"), 0U);
  EXPECT_EQ(edit_distance("rte", "rate"), 1U);
  EXPECT_EQ(edit_distance("raet", "rate"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
}

TEST(NearestWord, NamesWhatWasMeantOrNothing) {
  const std::vector<std::string> keys{"rate", "concurrency", "spacing", "for"};
  EXPECT_EQ(nearest_word("rte", keys), "rate");
  EXPECT_EQ(nearest_word("concurency", keys), "concurrency");
  EXPECT_EQ(nearest_word("zzz", keys), "");
  EXPECT_EQ(nearest_word("", keys), "");
  EXPECT_EQ(nearest_word("x", {}), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'a'), keys), "");
}

}  // namespace
}  // namespace penstock
