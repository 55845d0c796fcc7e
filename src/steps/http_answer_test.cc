// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Verdicts by status, type and body.
#include "steps/http_answer.h"

#include <gtest/gtest.h>

#include "steps/http_request.h"

namespace penstock::steps {
namespace {

class HttpAnswerTest : public testing::Test {
 protected:
  HttpAnswerTest() {
    exchange_.url = *net::parse_url("https://a.org/x/y");
    exchange_.shown_url = "https://a.org/x/***";
    exchange_.response.status = 200;
  }

  ItemVerdict judge(std::string body, std::string_view type = "application/json") {
    if (!type.empty()) header("Content-Type", type);
    exchange_.response.body_bytes = body.size();
    exchange_.response.body = std::move(body);
    ItemVerdict verdict = verdict_of(take_, exchange_);
    exchange_.response.headers.clear();
    return verdict;
  }
  ItemVerdict judge_status(int status, std::string body = "") {
    exchange_.response.status = status;
    return judge(std::move(body));
  }
  std::string kind(std::string body, std::string_view type = "application/json") {
    return judge(std::move(body), type).error.kind;
  }
  void header(std::string_view name, std::string_view value) {
    exchange_.response.headers.add(name, value);
  }

  HttpTake take_;
  Exchange exchange_;
};

TEST_F(HttpAnswerTest, Statuses) {
  const struct {
    int status;
    Errc code;
  } rows[] = {{206, Errc::rejected},    {300, Errc::rejected},    {304, Errc::rejected},
              {400, Errc::rejected},    {401, Errc::rejected},    {403, Errc::rejected},
              {404, Errc::rejected},    {408, Errc::unavailable}, {410, Errc::rejected},
              {425, Errc::unavailable}, {429, Errc::throttled},   {500, Errc::unavailable},
              {503, Errc::unavailable}, {599, Errc::unavailable}, {999, Errc::unavailable}};
  for (const auto& row : rows) {
    const ItemVerdict verdict = judge_status(row.status);
    EXPECT_EQ(verdict.outcome, Outcome::failed) << row.status;
    EXPECT_EQ(verdict.error.code, row.code) << row.status;
    EXPECT_EQ(verdict.error.kind, "http." + std::to_string(row.status));
    EXPECT_EQ(verdict.error.sent, Sent::yes);
  }
  EXPECT_EQ(judge_status(404).error.message, "a.org: answered 404");
}

TEST_F(HttpAnswerTest, AUsedUpQuotaParksTheRun) {
  const std::string body = R"({"error":{"code":"insufficient_quota"}})";
  const ItemVerdict verdict = judge_status(429, body);
  EXPECT_EQ(verdict.error.code, Errc::exhausted);
  EXPECT_EQ(verdict.error.kind, "quota");
  EXPECT_EQ(judge_status(429, "{}").error.code, Errc::throttled);
  EXPECT_EQ(judge_status(404, body).error.code, Errc::rejected);
  for (const auto* code :
       {R"({"error":{"type":"insufficient_balance"}})", R"({"code":"billing_hard_limit_reached"})",
        R"({"type":"quota_exceeded_error"})"}) {
    EXPECT_EQ(judge_status(403, code).error.kind, "quota") << code;
  }
  for (const auto* echo : {R"({"error":{"code":"bad","message":"no such: insufficient_quota"}})",
                           R"({"input":{"code":"insufficient_quota"}})",
                           R"({"code":["insufficient_quota"]})", "insufficient_quota"}) {
    EXPECT_EQ(judge_status(400, echo).error.kind, "http.400") << echo;
  }
  EXPECT_EQ(judge_status(402).error.kind, "quota");
  exchange_.from_response = true;  // A stranger's word.
  EXPECT_EQ(judge_status(402).error.kind, "http.402");
  EXPECT_EQ(judge_status(429, body).error.code, Errc::throttled);
}

TEST_F(HttpAnswerTest, Redirects) {
  header("Location", "/z");
  const ItemVerdict moved = judge_status(308);
  EXPECT_EQ(moved.outcome, Outcome::moved);
  EXPECT_EQ(moved.link, "https://a.org/z");
  EXPECT_EQ(moved.moved_status, 308);
  exchange_.became_get = true;
  header("Location", "/z");
  EXPECT_EQ(judge_status(307).moved_status, 303);
  exchange_.became_get = false;
  exchange_.trusted = false;
  header("Location", "/z");
  EXPECT_EQ(judge_status(307).moved_status, 307 | kStrangersHop);
  exchange_.trusted = true;
  EXPECT_EQ(judge_status(302).error.kind, "http.302");  // No Location.
  header("Location", "file:///etc/passwd");
  EXPECT_EQ(judge_status(302).error.kind, "redirect.scheme");
  header("Location", "http://me:pw@b.org/");
  EXPECT_EQ(judge_status(302).error.kind, "url.userinfo");
}

TEST_F(HttpAnswerTest, TransferErrorsPassThrough) {
  exchange_.response.error = Error{Errc::timeout, "m", "timeout.idle", Sent::yes};
  EXPECT_EQ(kind("x"), "timeout.idle");
}

TEST_F(HttpAnswerTest, Json) {
  take_.as = HttpAs::json;
  EXPECT_EQ(judge(R"([ 1.0 ])").output, "[1.0]");
  EXPECT_EQ(judge("\xef\xbb\xbf{}").output, "{}");
  EXPECT_EQ(judge("").output, "null");
  EXPECT_EQ(kind("{"), "json.syntax");
  EXPECT_EQ(kind("{\"a\":\"\xff\"}"), "json.syntax");
  EXPECT_EQ(kind(std::string(100, '[') + std::string(100, ']')), "json.depth");
  EXPECT_EQ(judge("{").error.sent, Sent::yes);
}

TEST_F(HttpAnswerTest, Each) {
  take_.as = HttpAs::json;
  take_.each = "/r";
  EXPECT_EQ(judge(R"({"r":[],"t":1})").output, R"({"t":1})");
  EXPECT_TRUE(judge(R"({"r":[]})").fans_out);
  const std::vector<std::string> wanted{R"({"a":1})", R"({"value":"x"})", R"({"value":[1]})",
                                        R"({"value":null})"};
  EXPECT_EQ(judge(R"({"r":[{"a":1},"x",[1],null]})").elements, wanted);
  EXPECT_EQ(kind("{}"), "each.missing");
  EXPECT_EQ(kind(R"({"r":{}})"), "each.type");
  take_.each = "";
  EXPECT_EQ(judge("[1,2]").elements.size(), 2U);
}

TEST_F(HttpAnswerTest, NextByPointer) {
  take_.as = HttpAs::json;
  take_.next = "/next";
  EXPECT_EQ(judge(R"({"next":"?page=2"})").link, "https://a.org/x/y?page=2");
  for (const auto* last : {"{}", R"({"next":null})", R"({"next":""})", R"({"next":false})"}) {
    const ItemVerdict verdict = judge(last);
    EXPECT_EQ(verdict.outcome, Outcome::done) << last;
    EXPECT_EQ(verdict.link, "") << last;
  }
  exchange_.trusted = false;
  EXPECT_EQ(judge(R"({"next":"/z#here"})").link, "https://a.org/z#stranger");
  exchange_.trusted = true;
  EXPECT_EQ(kind(R"({"next":2})"), "next.type");
  EXPECT_EQ(kind(R"({"next":"ftp://x/"})"), "url.scheme");
}

TEST_F(HttpAnswerTest, NextByHeader) {
  take_.next = "link";
  header("Link", "<a>; rel=prev");
  header("Link", "<b>; rel=next");
  EXPECT_EQ(judge("x", "text/plain").link, "https://a.org/x/b");
  EXPECT_EQ(judge("x", "text/plain").link, "");
}

TEST_F(HttpAnswerTest, Text) {
  take_.as = HttpAs::text;
  const auto words = [&](std::string body, std::string_view type) {
    const std::string output = judge(std::move(body), type).output;
    return output.substr(0, output.find(",\"url\""));
  };
  EXPECT_EQ(words("a  b", "text/plain"), R"({"text":"a  b","title":"")");
  EXPECT_EQ(words("<p>a  b", "text/html"), R"({"text":"a b","title":"")");
  EXPECT_EQ(words("<html><title>t</title><p>a", ""), R"({"text":"a","title":"t")");
  EXPECT_EQ(words("caf\xe9", "text/plain; charset=latin1"), R"({"text":"café","title":"")");
  EXPECT_EQ(words("<meta charset=windows-1251>\xcf", "text/html"), R"({"text":"П","title":"")");
  EXPECT_EQ(kind("x", "text/plain; charset=klingon"), "text.charset");
  EXPECT_EQ(kind("\x89PNG", "image/png"), "text.binary");
  EXPECT_EQ(kind("\xff\xd8", ""), "text.binary");
}

TEST_F(HttpAnswerTest, Bytes) {
  EXPECT_EQ(judge("a\"b", "text/plain").output,
            R"({"body":"a\"b","url":"https://a.org/x/***","type":"text/plain","bytes":3})");
  EXPECT_EQ(judge("\xff\xfe", "image/png").output,
            R"({"base64":"//4=","url":"https://a.org/x/***","type":"image/png","bytes":2})");
}

TEST_F(HttpAnswerTest, AcceptIsForSuccessesOnly) {
  take_.accept = {"text/html"};
  EXPECT_EQ(judge("x", "image/png").outcome, Outcome::skipped);
  EXPECT_EQ(judge("x", "text/html; charset=x-unknown").outcome, Outcome::done);
  EXPECT_EQ(judge_status(404).error.kind, "http.404");
}

TEST_F(HttpAnswerTest, RateHeaders) {
  header("Date", "d");
  header("Server", "s");
  EXPECT_TRUE(rate_headers_of(429, exchange_.response.headers).empty());
  header("RateLimit-Remaining", "1");
  header("retry-after-ms", "2");
  EXPECT_EQ(rate_headers_of(429, exchange_.response.headers).size(), 3U);
  EXPECT_EQ(rate_headers_of(503, exchange_.response.headers).size(), 3U);
  for (const int status : {200, 302, 404, 500}) {
    EXPECT_EQ(rate_headers_of(status, exchange_.response.headers).size(), 2U) << status;
  }
}

}  // namespace
}  // namespace penstock::steps
