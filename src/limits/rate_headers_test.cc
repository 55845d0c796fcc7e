// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <penstock/limit.h>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace penstock {
namespace {

// Sat, 21 Nov 2026 00:00:00 GMT.
constexpr std::int64_t kNowSeconds = 1795219200;
constexpr WallTime kNow{std::chrono::seconds(kNowSeconds)};

using Headers = std::vector<std::pair<std::string, std::string>>;

template <typename Rep, typename Period>
void write(std::ostream& out, const char* name,
           const std::optional<std::chrono::duration<Rep, Period>>& wait) {
  if (wait) out << name << "=" << wait->count() << "ms ";
}

void write(std::ostream& out, const char* name, const std::optional<std::int64_t>& count) {
  if (count) out << name << "=" << *count << " ";
}

void write(std::ostream& out, const char* name, const QuotaHint& quota) {
  std::ostringstream fields;
  write(fields, "limit", quota.limit);
  write(fields, "remaining", quota.remaining);
  write(fields, "reset", quota.reset_after);
  if (!fields.str().empty())
    out << name << ": " << (quota.gradual ? "gradual " : "") << fields.str();
}

/// The hint as text.
std::string read(const Headers& headers) {
  const RateHint hint = parse_rate_headers(headers, kNow);
  std::ostringstream out;
  write(out, "wait", hint.retry_after);
  write(out, "requests", hint.requests);
  write(out, "tokens", hint.tokens);
  return out.str();
}

TEST(RateHeaders, RetryAfterIsSecondsOrADate) {
  EXPECT_EQ(read({{"retry-after", "120"}}), "wait=120000ms ");
  EXPECT_EQ(read({{"Retry-After", " 0 "}}), "wait=0ms ");
  EXPECT_EQ(read({{"Retry-After", "1.5"}}), "wait=1500ms ");
  EXPECT_EQ(read({{"Retry-After", "Sat, 21 Nov 2026 00:01:00 GMT"}}), "wait=60000ms ");
  EXPECT_EQ(read({{"Retry-After", "Fri, 20 Nov 2026 00:01:00 GMT"}}), "wait=0ms ");
}

TEST(RateHeaders, MillisecondsAreMoreExactThanSeconds) {
  EXPECT_EQ(read({{"retry-after", "2"}, {"retry-after-ms", "1250"}}), "wait=1250ms ");
  EXPECT_EQ(read({{"retry-after-ms", "1250"}, {"retry-after", "2"}}), "wait=1250ms ");
  EXPECT_EQ(read({{"retry-after-ms", "soon"}, {"retry-after", "2"}}), "wait=2000ms ");
}

TEST(RateHeaders, NobodyMakesUsWaitMoreThanADay) {
  const std::string day = "wait=86400000ms ";
  EXPECT_EQ(read({{"retry-after", "99999999999999999999"}}), day);
  EXPECT_EQ(read({{"retry-after-ms", "99999999999999999999"}}), day);
  EXPECT_EQ(read({{"retry-after", "Sat, 21 Nov 2226 00:01:00 GMT"}}), day);
  EXPECT_EQ(read({{"x-ratelimit-reset", "99999999999999999999"}}), "requests: reset=86400000ms ");
  EXPECT_EQ(read({{"x-ratelimit-reset-requests", "9999999d9999999h"}}),
            "requests: gradual reset=86400000ms ");
}

TEST(RateHeaders, GitHubSaysWhenInSecondsSince1970) {
  EXPECT_EQ(read({{"X-RateLimit-Limit", "5000"},
                  {"X-RateLimit-Remaining", "0"},
                  {"X-RateLimit-Reset", std::to_string(kNowSeconds + 90)}}),
            "requests: limit=5000 remaining=0 reset=90000ms ");
  EXPECT_EQ(read({{"X-Rate-Limit-Reset", std::to_string(kNowSeconds * 1000 + 90)}}),
            "requests: reset=90ms ");
  EXPECT_EQ(read({{"X-RateLimit-Reset", std::to_string(kNowSeconds - 90)}}),
            "requests: reset=0ms ");
  EXPECT_EQ(read({{"X-RateLimit-Reset", "90"}}), "requests: reset=90000ms ");
}

TEST(RateHeaders, OpenAiCountsRequestsAndTokens) {
  EXPECT_EQ(read({{"x-ratelimit-limit-requests", "60"},
                  {"x-ratelimit-remaining-requests", "59"},
                  {"x-ratelimit-reset-requests", "1s"},
                  {"x-ratelimit-limit-tokens", "150000"},
                  {"x-ratelimit-remaining-tokens", "149984"},
                  {"x-ratelimit-reset-tokens", "6m0s"}}),
            "requests: gradual limit=60 remaining=59 reset=1000ms "
            "tokens: gradual limit=150000 remaining=149984 reset=360000ms ");
  EXPECT_EQ(read({{"x-ratelimit-reset-requests", "8.64s"}}), "requests: gradual reset=8640ms ");
  EXPECT_EQ(read({{"x-ratelimit-reset-requests", "1h2m3s20ms"}}),
            "requests: gradual reset=3723020ms ");
  EXPECT_EQ(read({{"x-ratelimit-reset-requests", "1 fortnight"}}), "");
}

TEST(RateHeaders, AnthropicSaysWhenAsADate) {
  EXPECT_EQ(read({{"anthropic-ratelimit-requests-remaining", "0"},
                  {"anthropic-ratelimit-requests-reset", "2026-11-21T00:00:30Z"}}),
            "requests: gradual remaining=0 reset=30000ms ");
}

TEST(RateHeaders, TheDraftsOfTheIetf) {
  EXPECT_EQ(read({{"RateLimit-Limit", "100, 100;w=60"},
                  {"RateLimit-Remaining", "50"},
                  {"RateLimit-Reset", "50"}}),
            "requests: limit=100 remaining=50 reset=50000ms ");
  EXPECT_EQ(read({{"RateLimit", "limit=100, remaining=50, reset=5"}}),
            "requests: limit=100 remaining=50 reset=5000ms ");
  EXPECT_EQ(read({{"RateLimit-Policy", "\"default\";q=100;w=10"},
                  {"RateLimit", "\"default\";r=50;t=30"}}),
            "requests: limit=100 remaining=50 reset=30000ms ");
}

TEST(RateHeaders, OfSeveralPoliciesTheTightestSpeaks) {
  EXPECT_EQ(read({{"RateLimit", "\"minute\";r=50;t=30, \"day\";r=2;t=3000, \"hour\";r=70;t=5"}}),
            "requests: remaining=2 reset=3000000ms ");
}

TEST(RateHeaders, WhatCannotBeReadIsSkipped) {
  EXPECT_EQ(read({{"retry-after", "-5"}, {"retry-after", "NaN"}, {"retry-after", "1e9"}}), "");
  EXPECT_EQ(read({{"x-ratelimit-remaining", "-1"}, {"x-ratelimit-limit", "inf"}}), "");
  EXPECT_EQ(read({{"RateLimit", ";;;,,,==;=r=;t"}, {"ratelimit", ""}}), "");
  EXPECT_EQ(read({{"x-ratelimit-limit", std::string(5000, '1')}}), "");
  EXPECT_EQ(read({{"content-type", "text/html"}}), "");
  EXPECT_EQ(read({{"retry-after", std::string(999, '9')}}), "");
}

TEST(RateHeaders, CountsAreBounded) {
  EXPECT_EQ(read({{"x-ratelimit-remaining", "99999999999999999999"}}),
            "requests: remaining=1000000000000000 ");
}

TEST(RateHeaders, OnlyTheFirstHeadersAreRead) {
  Headers headers(300, {"x-other", "1"});
  headers.emplace_back("retry-after", "5");
  EXPECT_EQ(read(headers), "");
}

/// Hostile values: never a crash, never a wait beyond the bound.
TEST(RateHeaders, AnyBytesGiveABoundedHint) {
  const std::vector<std::string> names = {"retry-after",
                                          "retry-after-ms",
                                          "x-ratelimit-reset",
                                          "x-ratelimit-reset-tokens",
                                          "ratelimit",
                                          "ratelimit-reset",
                                          "anthropic-ratelimit-requests-reset"};
  EXPECT_TRUE(rc::check([&] {
    const auto name = *rc::gen::elementOf(names);
    const auto value = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0123456789.:-,;= \"mshdrtqTZGMT\xff")));
    const RateHint hint = parse_rate_headers({{name, value}}, kNow);
    for (const auto& wait :
         {hint.retry_after, hint.requests.reset_after, hint.tokens.reset_after}) {
      RC_ASSERT(!wait || (*wait >= std::chrono::milliseconds(0) && *wait <= kHintWaitMax));
    }
  }));
}

}  // namespace
}  // namespace penstock
