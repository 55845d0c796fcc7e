// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/file_name.h"

#include <gtest/gtest.h>

#include "core/utf8.h"

namespace penstock::sinks {
namespace {

TEST(FileName, SaysWhoseItIs) {
  const std::string name = name_for_key("001.txt", "17/3", 8);
  EXPECT_EQ(name.size(), 16U);
  EXPECT_EQ(name.substr(0, 4), "001-");
  EXPECT_EQ(name.substr(12), ".txt");
  EXPECT_EQ(name_for_key("001.txt", "17/3", 8), name);
  EXPECT_NE(name_for_key("001.txt", "17/4", 8), name);
  EXPECT_EQ(name_for_key("001.txt", "17/3", 16).substr(0, 12), name.substr(0, 12));
}

TEST(FileName, KeepsWhatIsNoExtension) {
  EXPECT_TRUE(name_for_key("readme", "k", 8).starts_with("readme-"));
  EXPECT_TRUE(name_for_key(".hidden", "k", 8).starts_with(".hidden-"));
  EXPECT_TRUE(name_for_key("a. long sentence that is none", "k", 8)
                  .starts_with("a. long sentence that is none-"));
}

TEST(FileName, StaysWithinTheLimit) {
  std::string long_name;
  while (long_name.size() < 250) long_name += "\xC3\xA9";
  const std::string name = name_for_key(long_name + ".txt", "k", 32);
  EXPECT_LE(name.size(), 255U);
  EXPECT_TRUE(utf8::is_valid(name));
  EXPECT_TRUE(name.ends_with(".txt"));
}

}  // namespace
}  // namespace penstock::sinks
