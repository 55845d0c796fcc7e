// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/base64.h"

#include <gtest/gtest.h>

namespace penstock::sources {
namespace {

// Source: RFC 4648, section 10.
TEST(Base64, GivesTheVectorsOfTheRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, TakesBytesAsUnsigned) { EXPECT_EQ(base64({"\xFF\xFE\x00", 3}), "//4A"); }

}  // namespace
}  // namespace penstock::sources
