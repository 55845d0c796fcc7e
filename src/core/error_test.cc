// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What each code means for a retry and for the run, as one table.
#include <penstock/error.h>

#include <gtest/gtest.h>

#include <string>

namespace penstock {
namespace {

// Again: when a repeatable step may go again, a step that is not, and that one if nothing was sent.
std::string policy(Errc code) {
  const auto again = [code](Sent sent, Repeatable step) {
    return is_retryable(Error{code, "", "", sent}, step) ? "y" : "n";
  };
  return std::string(to_string(code)) + " " + again(Sent::yes, Repeatable::yes) +
         again(Sent::maybe, Repeatable::no) + again(Sent::no, Repeatable::no) +
         (stops_run(code) ? " stops" : "");
}

TEST(Error, EveryCodeHasOneMeaning) {
  EXPECT_EQ(policy(Errc::invalid), "invalid nnn");
  EXPECT_EQ(policy(Errc::rejected), "rejected nnn");
  EXPECT_EQ(policy(Errc::throttled), "throttled yyy");
  EXPECT_EQ(policy(Errc::unavailable), "unavailable yny");
  EXPECT_EQ(policy(Errc::timeout), "timeout yny");
  EXPECT_EQ(policy(Errc::exhausted), "exhausted nnn stops");
  EXPECT_EQ(policy(Errc::crashed), "crashed yny");
  EXPECT_EQ(policy(Errc::cancelled), "cancelled nnn");
  EXPECT_EQ(policy(Errc::no_space), "no_space nnn stops");
  EXPECT_EQ(policy(Errc::corrupt), "corrupt nnn stops");
  EXPECT_EQ(policy(Errc::system), "system nnn stops");
  EXPECT_EQ(policy(Errc::internal), "internal nnn stops");
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error{Errc::invalid, "odd", "test.odd"};
  return number / 2;
}

Result<int> quarter(int number) {
  PENSTOCK_TRY(first, half(number));
  PENSTOCK_TRY(second, half(first));
  return second;
}

Status check_even(int number) {
  PENSTOCK_CHECK(half(number));
  return ok();
}

TEST(Error, MacrosReturnTheFirstError) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().kind, "test.odd");
  EXPECT_TRUE(check_even(2));
  EXPECT_EQ(check_even(3).error().message, "odd");
}

}  // namespace
}  // namespace penstock
