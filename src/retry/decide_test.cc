// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "retry/decide.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::retry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kHalf = std::uint64_t{1} << 63U;

/// "again 500", "fail: why", "poison", "park", "stop".
std::string decided(const Error& error, Repeatable repeatable, const Tried& tried = {},
                    const RetryOptions& options = {}) {
  const Decision decision = decide(error, repeatable, tried, options, kHalf);
  switch (decision.verdict) {
    case Verdict::again:
      return "again " + std::to_string(decision.wait / milliseconds(1));
    case Verdict::fail:
      return "fail: " + std::string(decision.reason);
    case Verdict::poison:
      return "poison";
    case Verdict::park:
      return "park";
    case Verdict::stop:
      return "stop";
  }
  return "";
}

Error error_of(Errc code, Sent sent = Sent::no) { return Error{.code = code, .sent = sent}; }

TEST(Decide, TheTable) {
  const std::string lost = "fail: may have been done, and must not be repeated";
  const std::string hopeless = "fail: would fail again";
  struct Row {
    Errc code;
    std::string unsent, repeatable, once;
  };
  for (const Row& row : {
           Row{Errc::throttled, "again 500", "again 500", "again 500"},
           Row{Errc::unavailable, "again 500", "again 500", lost},
           Row{Errc::timeout, "again 500", "again 500", lost},
           Row{Errc::crashed, "again 0", "again 0", lost},
           Row{Errc::invalid, hopeless, hopeless, hopeless},
           Row{Errc::rejected, hopeless, hopeless, hopeless},
           Row{Errc::cancelled, "again 0", "again 0", "again 0"},
           Row{Errc::exhausted, "park", "park", "park"},
           Row{Errc::no_space, "stop", "stop", "stop"},
           Row{Errc::corrupt, "stop", "stop", "stop"},
           Row{Errc::system, "stop", "stop", "stop"},
           Row{Errc::internal, "stop", "stop", "stop"},
       }) {
    const auto name = to_string(row.code);
    EXPECT_EQ(decided(error_of(row.code, Sent::no), Repeatable::no), row.unsent) << name;
    EXPECT_EQ(decided(error_of(row.code, Sent::yes), Repeatable::yes), row.repeatable) << name;
    EXPECT_EQ(decided(error_of(row.code, Sent::maybe), Repeatable::no), row.once) << name;
    EXPECT_EQ(decided(error_of(row.code, Sent::yes), Repeatable::no), row.once) << name;
  }
}

TEST(Decide, AttemptsEnd) {
  const Error error = error_of(Errc::unavailable);
  EXPECT_EQ(decided(error, Repeatable::yes, {.attempts = 4}), "again 4000");
  EXPECT_EQ(decided(error, Repeatable::yes, {.attempts = 5}), "fail: no attempts left");
  EXPECT_EQ(decided(error, Repeatable::yes, {.attempts = 1}, {.attempts = 1}),
            "fail: no attempts left");
}

TEST(Decide, ThrottlesAndCrashesAreCountedByThemselves) {
  const Tried tried{.attempts = 9, .throttles = 6, .crashes = 2};
  EXPECT_EQ(decided(error_of(Errc::timeout), Repeatable::yes, tried), "again 500");
  EXPECT_EQ(decided(error_of(Errc::throttled), Repeatable::yes, tried), "again 16000");
  EXPECT_EQ(decided(error_of(Errc::crashed), Repeatable::yes, tried), "again 0");
  EXPECT_EQ(
      decided(error_of(Errc::throttled), Repeatable::yes, {.attempts = 100, .throttles = 100}),
      "fail: no attempts left");
}

TEST(Decide, WhatKillsItsWorkersIsPoison) {
  const Tried thrice{.attempts = 3, .crashes = 3};
  EXPECT_EQ(decided(error_of(Errc::crashed), Repeatable::yes, thrice), "poison");
  EXPECT_EQ(decided(error_of(Errc::crashed, Sent::yes), Repeatable::no, thrice), "poison");
  EXPECT_EQ(decided(error_of(Errc::crashed), Repeatable::yes, thrice, {.crashes = 4}), "again 0");
}

TEST(Decide, RetryAfterIsTheLeastWait) {
  Error error = error_of(Errc::throttled);
  error.retry_after = milliseconds(90'000);
  EXPECT_EQ(decided(error, Repeatable::yes), "again 90000");
  error.retry_after = milliseconds(10);
  EXPECT_EQ(decided(error, Repeatable::yes), "again 500");
}

TEST(Decide, NobodyWaitsBeyondTheDeadline) {
  const RetryOptions options{.deadline = seconds(10)};
  const Error error = error_of(Errc::unavailable);
  EXPECT_EQ(decided(error, Repeatable::yes, {.elapsed = milliseconds(9'500)}, options),
            "again 500");
  EXPECT_EQ(decided(error, Repeatable::yes, {.elapsed = milliseconds(9'501)}, options),
            "fail: deadline passed");
}

}  // namespace
}  // namespace penstock::retry
