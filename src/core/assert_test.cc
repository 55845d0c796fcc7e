// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A bug ends the program and says where.
#include "core/assert.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Assert, SaysWhatDidNotHoldAndAborts) {
  EXPECT_DEATH(PENSTOCK_ASSERT(1 + 1 == 3), "bug: 1 \\+ 1 == 3 does not hold at .*assert_test.cc:");
}

TEST(Assert, PassesWhatHolds) { PENSTOCK_ASSERT(1 + 1 == 2); }

}  // namespace
}  // namespace penstock
