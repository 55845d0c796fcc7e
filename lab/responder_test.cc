// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whole exchanges, without a socket.
#include "responder.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace penstock::lab {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

class Desk {
 public:
  explicit Desk(ResponderOptions options = {})
      : responder_(Site{}, std::move(options), std::move(*RequestLog::open(""))) {}

  /// A request `ms` after the start.
  Responder::Reply call(std::string target, int ms = 0, std::string method = "GET") {
    Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = {{"Host", "h:80"}};
    request.origin.at = TimePoint(std::chrono::hours(1)) + milliseconds(ms);
    request.origin.wall = WallTime(milliseconds(ms));
    return responder_.answer(request);
  }

  int status(std::string target, int ms = 0) {
    const auto reply = call(std::move(target), ms);
    responder_.finish(reply.exchange, {100, false, {}});
    return reply.answer.status;
  }

  void finish(const Responder::Reply& reply, bool abandoned = false) {
    responder_.finish(reply.exchange, {0, abandoned, {}});
  }

  json::value total() { return json::parse(responder_.stats_json()).at("total"); }
  json::value stats() { return json::parse(responder_.stats_json()); }

 private:
  Responder responder_;
};

ResponderOptions with_limit(std::string_view spec) {
  ResponderOptions options;
  options.limits = {*parse_limit(spec)};
  return options;
}

bool has(const Answer& answer, std::string_view line) {
  return answer.header_lines.find(std::string(line) + "\r\n") != std::string::npos;
}

TEST(Responder, counts_from_request_to_finish) {
  Desk desk;
  const auto a = desk.call("/ok");
  const auto b = desk.call("/ok");
  EXPECT_EQ(desk.total().at("in_flight").as_int64(), 2);
  desk.finish(a);
  desk.finish(b, true);
  EXPECT_EQ(desk.total().at("in_flight").as_int64(), 0);
  EXPECT_EQ(desk.total().at("peak_in_flight").as_int64(), 2);
  EXPECT_EQ(desk.total().at("abandoned").as_int64(), 1);
  EXPECT_EQ(desk.stats().at("urls").at("requested_again").as_int64(), 1);
  EXPECT_EQ(desk.stats().at("urls").at("answered_again").as_int64(), 0);
}

TEST(Responder, control_routes_are_not_counted_nor_limited) {
  auto options = with_limit("/?rate=1/s");
  options.behaviours = {{"/", {{"status", "503"}}}};
  Desk desk(options);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(desk.status("/stats"), 200);
  EXPECT_EQ(desk.total().at("requests").as_int64(), 0);
  EXPECT_EQ(desk.status("/stats/reset"), 405);
  EXPECT_EQ(desk.call("/stats/reset", 0, "POST").answer.status, 200);
}

TEST(Responder, query_wins_over_path_over_all) {
  ResponderOptions options;
  options.behaviours = {{"/", {{"status", "500"}}}, {"/ok", {{"status", "503"}}}};
  Desk desk(options);
  EXPECT_EQ(desk.status("/echo"), 500);
  EXPECT_EQ(desk.status("/ok"), 503);
  EXPECT_EQ(desk.status("/ok?status=418"), 418);
  EXPECT_EQ(desk.status("/ok?delay=x"), 400);
}

TEST(Responder, fails_first_requests_of_each_url) {
  Desk desk;
  for (const int expected : {503, 503, 200}) {
    EXPECT_EQ(desk.status("/ok?fail_first=2&fail_kinds=503"), expected);
  }
  EXPECT_EQ(desk.status("/ok?fail_first=2&fail_kinds=503&i=2"), 503);
}

TEST(Responder, limits_refuse_with_headers) {
  Desk desk(with_limit("/?rate=2/s&announce=x,ietf,openai"));
  const auto first = desk.call("/ok", 0);
  EXPECT_TRUE(has(first.answer, "x-ratelimit-remaining: 1"));
  EXPECT_EQ(desk.status("/ok", 100), 200);
  const auto refused = desk.call("/ok", 200);
  EXPECT_EQ(refused.answer.status, 429);
  EXPECT_TRUE(has(refused.answer, "Retry-After: 1"));
  EXPECT_TRUE(desk.call("/ok", 200, "HEAD").answer.delivery.head_only);
  EXPECT_TRUE(has(refused.answer, "x-ratelimit-reset: 1"));
  EXPECT_TRUE(has(refused.answer, "RateLimit-Limit: 2"));
  EXPECT_TRUE(has(refused.answer, "x-ratelimit-reset-requests: 800ms"));
}

TEST(Responder, early_calls_are_counted_by_the_key_of_the_limit) {
  Desk desk(with_limit("/ok?rate=1/s"));
  EXPECT_EQ(desk.status("/ok", 0), 200);
  EXPECT_EQ(desk.status("/ok", 10), 429);
  EXPECT_EQ(desk.status("/ok", 20), 429);
  EXPECT_EQ(desk.status("/ok", 500), 429);
  EXPECT_EQ(desk.status("/echo", 600), 200);
  EXPECT_EQ(desk.status("/ok", 1'500), 200);
  EXPECT_EQ(desk.total().at("early_in_grace").as_int64(), 1);
  EXPECT_EQ(desk.total().at("early").as_int64(), 1);
}

TEST(Responder, early_calls_after_a_failure_are_counted_by_host) {
  Desk desk;
  EXPECT_EQ(desk.status("/ok?status=503&retry_after=1&delay=100ms", 0), 503);
  EXPECT_EQ(desk.status("/ok", 150), 200);
  EXPECT_EQ(desk.status("/ok", 250), 200);
  EXPECT_EQ(desk.status("/ok", 1'100), 200);
  EXPECT_EQ(desk.total().at("early_in_grace").as_int64(), 1);
  EXPECT_EQ(desk.total().at("early").as_int64(), 1);
}

TEST(Responder, concurrency_is_freed_by_finish) {
  Desk desk(with_limit("/?concurrency=1"));
  const auto first = desk.call("/ok");
  EXPECT_EQ(desk.status("/ok"), 429);
  desk.finish(first);
  EXPECT_EQ(desk.status("/ok"), 200);
}

TEST(Responder, quota_ends_and_is_filled_again) {
  ResponderOptions options;
  options.quota = 1;
  Desk desk(options);
  EXPECT_EQ(desk.status("/ok"), 200);
  const auto refused = desk.call("/ok");
  EXPECT_EQ(refused.answer.status, 429);
  EXPECT_NE(body_text(refused.answer.body).find("\"code\":\"insufficient_quota\""),
            std::string::npos);
  EXPECT_EQ(body_text(desk.call("/quota?left=2", 0, "POST").answer.body), "{\"left\":2}\n");
  EXPECT_EQ(desk.status("/ok"), 200);
  EXPECT_EQ(body_text(desk.call("/quota").answer.body), "{\"left\":1}\n");
}

TEST(Responder, broken_answers_are_told_apart) {
  Desk desk;
  for (const auto* kind : {"reset", "truncate", "garbage"}) {
    EXPECT_EQ(desk.status(std::string("/ok?x=1&") + kind), 200);
    EXPECT_EQ(desk.total().at("by_status").at(kind).as_int64(), 1);
  }
}

}  // namespace
}  // namespace penstock::lab
