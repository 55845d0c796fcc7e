// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Behaviours put on answers.
#include "mistreat.h"

#include "chance.h"

#include <gtest/gtest.h>

#include <map>

namespace penstock::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Behaviour behave(std::string_view query) { return *with_params({}, parse_params(query)); }

Request request(std::string accept = "") {
  Request request;
  request.method = "GET";
  request.headers = {{"Accept-Encoding", std::move(accept)}};
  request.origin.nth_on_connection = 2;
  return request;
}

Answer treat(std::string_view query, std::string body = "größe", const Request& from = request()) {
  const auto behaviour = behave(query);
  auto answer = instead_of_route(behaviour, parse_target("/x?" + std::string(query)));
  if (!answer) {
    answer.emplace();
    answer->body = std::move(body);
  }
  return mistreated(std::move(*answer), behaviour, from);
}

std::string header(const Answer& answer, std::string_view name) {
  const auto at = answer.header_lines.find(std::string(name) + ": ");
  if (at == std::string::npos) return "(none)";
  const auto begin = at + name.size() + 2;
  return answer.header_lines.substr(begin, answer.header_lines.find('\r', begin) - begin);
}

TEST(Mistreat, leaves_a_plain_answer_alone) {
  const auto answer = treat("q=1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header_lines, "");
  EXPECT_EQ(answer.delivery.ending, Ending::keep);
}

TEST(Mistreat, redirects_count_down) {
  EXPECT_EQ(header(treat("redirect=2"), "Location"), "/x?redirect=1");
  EXPECT_EQ(header(treat("redirect=0"), "Location"), "(none)");
  EXPECT_EQ(header(treat("redirect_loop"), "Location"), "/x?redirect_loop");
  const auto away = treat("redirect_to=http://h/&redirect_status=307");
  EXPECT_EQ(header(away, "Location"), "http://h/");
  EXPECT_EQ(away.status, 307);
}

TEST(Mistreat, says_what_is_not_so) {
  EXPECT_EQ(header(treat("encoding=gzip,%20br"), "Content-Encoding"), "gzip, br");
  const auto answer = treat("reason=%1b[31mno&interim=2&status=404");
  EXPECT_EQ(answer.reason, "\x1b[31mno");
  const std::string hints = "HTTP/1.1 103 Early Hints\r\n\r\n";
  EXPECT_EQ(render_head(answer, "").substr(0, 83),
            hints + hints + "HTTP/1.1 404 \x1b[31mno\r\nServe");
}

TEST(Mistreat, retry_after_stands_on_refusals_only) {
  EXPECT_EQ(header(treat("status=503&retry_after=2"), "Retry-After"), "2");
  EXPECT_EQ(header(treat("status=429&retry_after_ms=150"), "retry-after-ms"), "150");
  EXPECT_EQ(header(treat("status=503&retry_after_date=3"), "Retry-After"),
            "Thu, 01 Jan 1970 00:00:03 GMT");
  EXPECT_EQ(header(treat("retry_after=2"), "Retry-After"), "(none)");
}

TEST(Mistreat, forms_of_retry_after_never_promise_too_little) {
  EXPECT_EQ(retry_after_seconds(milliseconds(1'001)).value, "2");
  EXPECT_EQ(retry_after_seconds(milliseconds(1'001)).holds, seconds(2));
  const auto date = retry_after_date(milliseconds(600), WallTime(milliseconds(500)));
  EXPECT_EQ(date.value, "Thu, 01 Jan 1970 00:00:02 GMT");
  EXPECT_EQ(date.holds, milliseconds(1'500));
  EXPECT_EQ(retry_after_ms(std::chrono::microseconds(1'500)).value, "2");
}

TEST(Mistreat, types_charsets_and_latin1) {
  EXPECT_EQ(treat("type=application/pdf").type, "application/pdf");
  EXPECT_EQ(treat("charset=x").type, "text/plain; charset=x");
  const auto latin1 = treat("latin1");
  EXPECT_EQ(body_text(latin1.body),
            "gr\xF6\xDF"
            "e");
  EXPECT_EQ(latin1.type, "text/plain; charset=iso-8859-1");
  EXPECT_EQ(body_text(treat("latin1", "a€b😀c").body), "a?b?c");
}

TEST(Mistreat, gzip_needs_consent) {
  EXPECT_EQ(header(treat("gzip"), "Content-Encoding"), "(none)");
  EXPECT_EQ(header(treat("gzip", "x", request("br, gzip")), "Content-Encoding"), "gzip");
  const auto bomb = treat("zip_bomb=1M");
  EXPECT_EQ(header(bomb, "Content-Encoding"), "gzip");
  EXPECT_LT(body_bytes(bomb.body), 2'000u);
}

TEST(Mistreat, bodies_headers_and_breakages) {
  EXPECT_EQ(body_bytes(treat("bytes=5").body), 5u);
  EXPECT_TRUE(treat("flood").delivery.chunked);
  auto old = request();
  old.is_http_1_0 = true;
  EXPECT_FALSE(treat("flood", "", old).delivery.chunked);
  EXPECT_EQ(render_head(treat("flood", "", old), "now").find("Content-Length"), std::string::npos);
  EXPECT_EQ(header(treat("headers=3"), "X-Lab-000003"), "filler");
  EXPECT_EQ(header(treat("big_header=9"), "X-Lab-Big").size(), 9u);
  EXPECT_EQ(treat("extra=4").delivery.trailing, "####");
  EXPECT_EQ(*treat("bytes=10&truncate").delivery.cut_at, 5u);
  EXPECT_EQ(treat("reset").delivery.ending, Ending::reset);
  EXPECT_EQ(treat("hang").delivery.ending, Ending::hang);
  EXPECT_TRUE(treat("garbage").is_raw);
  EXPECT_EQ(treat("close").delivery.ending, Ending::close);
  EXPECT_EQ(treat("status=204").delivery.head_only, true);
}

TEST(Mistreat, connect_delay_is_for_first_requests) {
  auto first = request();
  first.origin.nth_on_connection = 1;
  const auto query = "delay=10ms&connect_delay=5ms&slow_first_byte=3ms";
  EXPECT_EQ(treat(query, "", first).delivery.delay, milliseconds(15));
  EXPECT_EQ(treat(query).delivery.delay, milliseconds(10));
  EXPECT_EQ(treat(query).delivery.body_delay, milliseconds(3));
}

TEST(Chances, fail_as_often_as_asked_and_always_alike) {
  const auto behaviour = behave("fail=20%25&fail_kinds=503,reset");
  std::map<int, int> kinds;
  for (std::uint64_t url = 0; url < 10'000; ++url) {
    const auto drawn = with_chance(behaviour, 7, hash_text(std::to_string(url)), 1);
    const auto again = with_chance(behaviour, 7, hash_text(std::to_string(url)), 1);
    EXPECT_EQ(drawn.refusal.status, again.refusal.status);
    ++kinds[drawn.refusal.status == 503 ? 1 : drawn.breakage == Breakage::reset ? 2 : 0];
  }
  EXPECT_NEAR(kinds[1], 1'000, 150);
  EXPECT_NEAR(kinds[2], 1'000, 150);
}

TEST(Chances, first_requests_fail_then_answer) {
  const auto behaviour = behave("fail_first=2&fail_kinds=502");
  EXPECT_EQ(with_chance(behaviour, 1, 5, 2).refusal.status, 502);
  EXPECT_EQ(with_chance(behaviour, 1, 5, 3).refusal.status, 0);
}

TEST(Chances, jitter_lies_between_none_and_all) {
  const auto behaviour = behave("delay=10ms&delay_jitter=10ms");
  for (std::uint64_t url = 0; url < 100; ++url) {
    const auto delay = with_chance(behaviour, 1, url, 1).pace.delay;
    EXPECT_GE(delay, milliseconds(10));
    EXPECT_LT(delay, milliseconds(20));
  }
}

}  // namespace
}  // namespace penstock::lab
