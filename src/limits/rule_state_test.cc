// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/rule_state.h"

#include <penstock/limit.h>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kWall{seconds(1'800'000'000)};

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

KeyState sample() {
  RuleState minute{.window = seconds(60), .reserved = 9};
  minute.runs = {{at(100), 3}, {at(200), 4}, {at(1000), 5}};
  const RuleState second{.window = seconds(1), .full_at = at(1200)};
  return {.paused_until = at(5000), .last_start = at(900), .rules = {minute, second}};
}

TEST(RuleState, IsOneReadableLine) {
  EXPECT_EQ(encode_state(sample(), at(1000), kWall, 64),
            "1 pause=1800000004000000 start=1799999999900000"
            " rate=60000000000,9,0,1799999999100000:3,1799999999200000:4,1800000000000000:5"
            " rate=1000000000,0,1800000000200000");
  EXPECT_EQ(encode_state(KeyState{}, at(1000), kWall, 64), "1");
}

TEST(RuleState, GoesOnInAnotherProcess) {
  const std::string text = encode_state(sample(), at(1000), kWall, 64);
  // The other's clock began elsewhere, and two seconds have gone by.
  const auto state = decode_state(text, at(70'000), kWall + seconds(2));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->paused_until, at(72'000));
  EXPECT_EQ(state->last_start, at(67'900));
  ASSERT_EQ(state->rules.size(), 2U);
  EXPECT_EQ(state->rules[0].window, seconds(60));
  EXPECT_EQ(state->rules[0].reserved, 9);
  EXPECT_EQ(state->rules[0].full_at, kLongAgo);
  ASSERT_EQ(state->rules[0].runs.size(), 3U);
  EXPECT_EQ(state->rules[0].runs[2].end, at(68'000));
  EXPECT_EQ(state->rules[0].runs[2].count, 5);
  EXPECT_EQ(state->rules[1].full_at, at(68'200));
}

TEST(RuleState, MergesRunsToTheLaterEnd) {
  const auto state = decode_state(encode_state(sample(), at(1000), kWall, 2), at(1000), kWall);
  ASSERT_TRUE(state);
  ASSERT_EQ(state->rules[0].runs.size(), 2U);
  EXPECT_EQ(state->rules[0].runs[0].end, at(200));
  EXPECT_EQ(state->rules[0].runs[0].count, 7);
}

TEST(RuleState, RoundsToTheLaterMicrosecond) {
  EXPECT_EQ(encode_state({.last_start = at(900) + Duration(1)}, at(1000), kWall, 64),
            "1 start=1799999999900001");
}

TEST(RuleState, KeepsEveryRunWhenAsked) {
  const auto state =
      decode_state(encode_state(sample(), at(1000), kWall, SIZE_MAX), at(1000), kWall);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->rules[0].runs.size(), 3U);
}

TEST(RuleState, AWallClockThatWentBackCannotStopARunForEver) {
  const std::string text = encode_state(sample(), at(1000), kWall, 64);
  const auto state = decode_state(text, at(0), kWall - std::chrono::hours(24 * 3650));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->paused_until, at(0) + kHintWaitMax);
  EXPECT_EQ(state->last_start, at(0));
  EXPECT_EQ(state->rules[0].runs[0].end, at(0) + kGrantAhead);
}

TEST(RuleState, WhatIsLongOverIsLongAgo) {
  const std::string text = encode_state(sample(), at(1000), kWall, 64);
  const auto state = decode_state(text, at(0), kWall + std::chrono::hours(24 * 3650));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->rules[0].runs[0].end, kLongAgo);
}

TEST(RuleState, RefusesWhatIsNoNote) {
  for (const char* text : {"", "2", "x", "1 ", "1 pause", "1 pause=", "1 pause=-1", "1 pause=1x",
                           "1 other=1", "1 rate=", "1 rate=1,2", "1 rate=1,2,3,4",
                           "1 rate=1,2,3,4:", "1 rate=1,2,3,4:99999999999999999",
                           "1 rate=1,99999999999999999,3", "1 rate=99999999999999999999,2,3"}) {
    const auto state = decode_state(text, at(0), kWall);
    EXPECT_EQ(state.has_value(), std::string(text) == "1 ") << text;
  }
  EXPECT_FALSE(decode_state("1 " + std::string(2 << 20, ' '), at(0), kWall));
}

TEST(RuleState, AnyBytesAreReadWithoutHarm) {
  EXPECT_TRUE(rc::check([] {
    const auto tail = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0123456789:,= pausetrt\xff")));
    for (const char* head : {"1 ", "1 rate=", "1 pause=", "1 rate=1000000000,1,1,"}) {
      const auto state = decode_state(head + tail, at(0), kWall);
      RC_ASSERT(!state || state->paused_until <= at(0) + kHintWaitMax);
    }
  }));
}

}  // namespace
}  // namespace penstock::limits
