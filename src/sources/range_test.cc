// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sources.h>

#include <limits>

#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class RangeTest : public ::testing::Test {
 protected:
  std::string check(const std::string& text, const std::string& as = "n") const {
    return read_back(
        [&]() -> Result<std::unique_ptr<Source>> {
          PENSTOCK_TRY(range, parse_range(text));
          range.as = as;
          return make_range(range);
        },
        inputs_);
  }

  Inputs inputs_;
};

TEST_F(RangeTest, CountsUp) { EXPECT_EQ(check("1..3"), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n"); }

TEST_F(RangeTest, CountsDown) { EXPECT_EQ(check("1..-1"), "{\"n\":1}\n{\"n\":0}\n{\"n\":-1}\n"); }

TEST_F(RangeTest, TakesSteps) {
  EXPECT_EQ(check("0..10..5"), "{\"n\":0}\n{\"n\":5}\n{\"n\":10}\n");
  EXPECT_EQ(check("0..9..5"), "{\"n\":0}\n{\"n\":5}\n");
  EXPECT_EQ(check("9..0..-5"), "{\"n\":9}\n{\"n\":4}\n");
}

TEST_F(RangeTest, NamesItsField) { EXPECT_EQ(check("7..7", "pa\"ge"), "{\"pa\\\"ge\":7}\n"); }

TEST_F(RangeTest, RefusesWhatIsNoRange) {
  for (const char* text : {"", "1", "..", "1..", "..2", "1..2..3..4", "1...2", "a..b", "1..2x",
                           " 1..2", "1..99999999999999999999"}) {
    EXPECT_FALSE(parse_range(text)) << text;
  }
  EXPECT_EQ(check("1..2..0"),
            "cannot open:  !input.range: a range from 1 to 2 does not get there in steps of 0\n");
  EXPECT_EQ(check("2..1..1"),
            "cannot open:  !input.range: a range from 2 to 1 does not get there in steps of 1\n");
}

TEST_F(RangeTest, RefusesMoreItemsThanARunHolds) {
  const RangeOptions all{.first = std::numeric_limits<std::int64_t>::min(),
                         .last = std::numeric_limits<std::int64_t>::max()};
  EXPECT_FALSE(make_range(all));
}

TEST_F(RangeTest, ReachesTheEndsOfItsNumbersAtOnce) {
  const auto least = std::numeric_limits<std::int64_t>::min();
  const auto greatest = std::numeric_limits<std::int64_t>::max();
  auto range = make_range({.first = least, .last = greatest, .step = std::int64_t{1} << 40U});
  ASSERT_TRUE(range);
  EXPECT_EQ((*range)->total(), std::uint64_t{1} << 24U);
  ASSERT_TRUE((*range)->skip((1U << 24U) - 1));
  EXPECT_EQ(to_text(read_all(**range), inputs_), "{\"n\":9223370937343148032}\n");
}

TEST_F(RangeTest, SkipsPastTheEnd) {
  auto range = make_range({.first = 1, .last = 3});
  ASSERT_TRUE((*range)->skip(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(to_text(read_all(**range), inputs_), "");
}

}  // namespace
}  // namespace penstock
