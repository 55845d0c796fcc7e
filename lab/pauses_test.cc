// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Calls in time, on their way, and early.
#include "pauses.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

using std::chrono::milliseconds;
using Call = Pauses::Call;

TimePoint at(int ms) { return TimePoint(std::chrono::hours(1)) + milliseconds(ms); }

TEST(Pauses, tell_early_calls_from_those_on_their_way) {
  Pauses pauses(milliseconds(100));
  pauses.give("a", at(0), at(1'000));
  EXPECT_EQ(pauses.judge("a", at(-1)), Call::in_time);
  EXPECT_EQ(pauses.judge("a", at(99)), Call::in_grace);
  EXPECT_EQ(pauses.judge("a", at(100)), Call::early);
  EXPECT_EQ(pauses.judge("a", at(999)), Call::early);
  EXPECT_EQ(pauses.judge("a", at(1'000)), Call::in_time);
  EXPECT_EQ(pauses.judge("b", at(500)), Call::in_time);
}

TEST(Pauses, that_overlap_are_one) {
  Pauses pauses(milliseconds(100));
  pauses.give("a", at(0), at(1'000));
  pauses.give("a", at(500), at(800));
  EXPECT_EQ(pauses.judge("a", at(900)), Call::early);
  pauses.give("a", at(900), at(2'000));
  EXPECT_EQ(pauses.judge("a", at(950)), Call::early);
  pauses.give("a", at(3'000), at(4'000));
  EXPECT_EQ(pauses.judge("a", at(3'050)), Call::in_grace);
}

}  // namespace
}  // namespace penstock::lab
