// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Limits on a clock made by hand.
#include "limits.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

using std::chrono::milliseconds;

TimePoint at(int ms) { return TimePoint(std::chrono::hours(1)) + milliseconds(ms); }

Request request(std::string target, std::string host, std::string key = "") {
  Request request;
  request.target = std::move(target);
  request.headers = {{"Host", std::move(host)}, {"Authorization", std::move(key)}};
  return request;
}

struct Caller {
  Limiter limiter;
  explicit Caller(std::string_view spec) : limiter({*parse_limit(spec)}) {}

  Admission call(const Request& r, int ms) {
    return limiter.admit(r, parse_target(r.target), at(ms));
  }
  bool passes(const Request& r, int ms) { return call(r, ms).admitted; }
};

TEST(Limits, rate_holds_in_every_window) {
  Caller caller("/?rate=3/s");
  const auto get = request("/a", "h");
  EXPECT_TRUE(caller.passes(get, 0));
  EXPECT_TRUE(caller.passes(get, 400));
  EXPECT_TRUE(caller.passes(get, 900));
  const auto refused = caller.call(get, 950);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.retry_after, milliseconds(50));
  EXPECT_EQ(refused.standings.front().remaining, 0u);
  EXPECT_FALSE(caller.passes(get, 999));
  EXPECT_TRUE(caller.passes(get, 1'000));
  EXPECT_FALSE(caller.passes(get, 1'001));
}

TEST(Limits, window_scales_the_rate) {
  Caller caller("/?rate=50/s&window=100ms");
  const auto get = request("/a", "h");
  int passed = 0;
  for (int i = 0; i < 20; ++i) passed += caller.passes(get, i);
  EXPECT_EQ(passed, 5);
  EXPECT_TRUE(caller.passes(get, 100));
}

TEST(Limits, keys_are_apart) {
  Caller by_host("/?rate=1/s&key=host");
  EXPECT_TRUE(by_host.passes(request("/a", "h1:80"), 0));
  EXPECT_FALSE(by_host.passes(request("/b", "h1"), 0));
  EXPECT_TRUE(by_host.passes(request("/a", "h2"), 0));
  Caller by_key("/?rate=1/s&key=header:authorization");
  EXPECT_TRUE(by_key.passes(request("/a", "h", "k1"), 0));
  EXPECT_TRUE(by_key.passes(request("/a", "h", "k2"), 0));
  EXPECT_FALSE(by_key.passes(request("/a", "h", "k1"), 0));
}

TEST(Limits, concurrency_is_given_back) {
  Caller caller("/slow?concurrency=2&key=host");
  const auto get = request("/slow/x", "h");
  const auto first = caller.call(get, 0);
  EXPECT_TRUE(caller.passes(get, 0));
  EXPECT_FALSE(caller.passes(get, 0));
  EXPECT_TRUE(caller.passes(request("/other", "h"), 0));
  caller.limiter.release(first.leases);
  EXPECT_TRUE(caller.passes(get, 1));
}

TEST(Limits, a_refusal_takes_nothing_from_other_limits) {
  Limiter limiter({*parse_limit("/?rate=2/s"), *parse_limit("/a?rate=1/s")});
  const auto a = request("/a", "h");
  const auto b = request("/b", "h");
  EXPECT_TRUE(limiter.admit(a, parse_target("/a"), at(0)).admitted);
  EXPECT_FALSE(limiter.admit(a, parse_target("/a"), at(1)).admitted);
  EXPECT_TRUE(limiter.admit(b, parse_target("/b"), at(2)).admitted);
  EXPECT_EQ(limiter.count(1).refused, 1u);
  EXPECT_EQ(limiter.count(0).admitted, 2u);
}

TEST(Limits, bad_specs_are_refused) {
  for (const auto* bad :
       {"/", "/?rate=0/s", "/?rate=5", "/?key=host", "/?rate=1/s&key=moon", "/?rate=1/s&window=0",
        "/?rate=1/s&retry=x", "/?rate=1/s&announce=y", "/?rate=1/s&speed=2"}) {
    EXPECT_FALSE(parse_limit(bad)) << bad;
  }
  const auto good = parse_limit("/s?rate=60/min&retry=ms&announce=x,ietf&key=path");
  ASSERT_TRUE(good);
  EXPECT_DOUBLE_EQ(good->rate_per_s, 1);
  EXPECT_EQ(good->retry_form, RetryForm::ms);
}

}  // namespace
}  // namespace penstock::lab
