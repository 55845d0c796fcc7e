// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/style.h"

#include <gtest/gtest.h>

namespace penstock::report {
namespace {

TEST(Style, ColoursOnlyWhereTheyAreWanted) {
  EXPECT_EQ(paint({.colour = true}, Colour::bad, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(paint({.colour = false}, Colour::bad, "x"), "x");
  EXPECT_EQ(paint({.colour = true}, Colour::plain, "x"), "x");
  EXPECT_EQ(paint({.colour = true}, Colour::bad, ""), "");
}

TEST(Style, SeparatorsFollowTheCharacterSet) {
  EXPECT_EQ(separator({.unicode = true}), " \xC2\xB7 ");
  EXPECT_EQ(separator({.unicode = false}), ", ");
}

}  // namespace
}  // namespace penstock::report
