// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/byte_size.h"

#include <gtest/gtest.h>

namespace penstock::catalog {
namespace {

TEST(ByteSize, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_bytes("512"), 512U);
  EXPECT_EQ(parse_bytes("64KiB"), 65536U);
  EXPECT_EQ(parse_bytes("64K"), 65536U);
  EXPECT_EQ(parse_bytes("10 MB"), 10'000'000U);
  EXPECT_EQ(parse_bytes("1.5GiB"), 1610612736U);
}

TEST(ByteSize, RefusesWhatIsNoSize) {
  for (const char* text : {"", "-1", "+1", "10 XB", "1e9", "1,5MB", "nan", "99999999TiB"})
    EXPECT_FALSE(parse_bytes(text)) << text;
}

}  // namespace
}  // namespace penstock::catalog
