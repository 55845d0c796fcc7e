// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The client against a server that says exactly what a test wants it to say.
#include "net/http_client.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <csignal>
#include <optional>
#include <thread>

#include "net/http_client_fixture.h"

namespace penstock::net {
namespace {

using namespace std::chrono_literals;
using Then = ScriptedAnswer::Then;

/// Each test runs over connections of our own, and with libcurl.
class HttpClientBothWays : public HttpClientTest, public testing::WithParamInterface<Cleartext> {
 protected:
  HttpClientBothWays() { profile_->cleartext = GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Carriers, HttpClientBothWays,
                         testing::Values(Cleartext::own, Cleartext::libcurl),
                         [](const auto& carrier) {
                           return carrier.param == Cleartext::own ? "Plain" : "Libcurl";
                         });

std::string gzip(std::string_view text) {
  z_stream stream{};
  ::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

TEST_P(HttpClientBothWays, BringsStatusHeadersAndBody) {
  serve(ScriptedAnswer{ok_answer("hello", "X-One: 1\r\nX-Two:  b c \r\n")});
  const HttpResponse response = run(get("/a?b=c"));
  ASSERT_FALSE(response.error);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.headers.find("x-one"), "1");
  EXPECT_EQ(response.headers.find("x-two"), "b c");
  EXPECT_EQ(response.headers.find("x-three"), std::nullopt);
  EXPECT_EQ(response.body_bytes, 5U);
  EXPECT_GT(response.received_bytes, 5U);
  EXPECT_GT(response.sent_at, TimePoint{});
  EXPECT_GE(response.ended_at, response.sent_at);
  EXPECT_TRUE(server_->requests()[0].starts_with("GET /a?b=c HTTP/1.1\r\n"));
}

TEST_P(HttpClientBothWays, SendsMethodHeadersAndBodyAsGiven) {
  serve(ScriptedAnswer{ok_answer("")});
  HttpRequest post = get("/");
  post.method = "POST";
  post.headers = {
      {"Content-Type", "application/json"}, {"X-Empty", ""}, {"user-agent", "tester/1"}};
  post.body = R"({"a":1})";
  HttpRequest put = get("/");
  put.method = "PUT";
  put.body = "";
  HttpRequest del = get("/");
  del.method = "DELETE";
  for (HttpRequest* one : {&post, &put, &del}) EXPECT_FALSE(run(std::move(*one)).error);
  EXPECT_FALSE(run(get("/last")).error);

  const auto requests = server_->requests();
  EXPECT_TRUE(requests[0].starts_with("POST / HTTP/1.1\r\n"));
  EXPECT_NE(requests[0].find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("X-Empty:\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("user-agent: tester/1\r\n"), std::string::npos);
  EXPECT_TRUE(requests[0].ends_with("\r\n\r\n{\"a\":1}"));
  EXPECT_EQ(requests[0].find("Expect"), std::string::npos);
  EXPECT_TRUE(requests[1].starts_with("PUT / HTTP/1.1\r\n"));
  EXPECT_NE(requests[1].find("Content-Length: 0\r\n"), std::string::npos);
  EXPECT_EQ(requests[1].find("Content-Type"), std::string::npos);
  EXPECT_TRUE(requests[2].starts_with("DELETE / HTTP/1.1\r\n"));
  EXPECT_EQ(requests[2].find("Content-Length"), std::string::npos);
  EXPECT_TRUE(requests[3].starts_with("GET /last HTTP/1.1\r\n"));
  EXPECT_EQ(requests[3].find("X-Empty"), std::string::npos);
  EXPECT_EQ(requests[3].find("User-Agent"), std::string::npos);
}

TEST_P(HttpClientBothWays, CompressionIsAskedForUnlessTheJobSaysOtherwise) {
  serve(ScriptedAnswer{ok_answer("")});
  (void)run(get());
  HttpRequest plain = get();
  plain.headers = {{"accept-encoding", "identity"}};
  (void)run(std::move(plain));
  EXPECT_NE(server_->requests()[0].find("Accept-Encoding: gzip, br, zstd\r\n"), std::string::npos);
  EXPECT_EQ(server_->requests()[1].find("Accept-Encoding"), std::string::npos);
}

TEST_P(HttpClientBothWays, HeaderInjectionNeverLeaves) {
  serve(ScriptedAnswer{ok_answer("")});
  for (const char* value : {"a\r\nX-Bad: 1", "a\nb", "\x01"}) {
    HttpRequest one = get();
    one.headers = {{"X-Item", value}};
    EXPECT_EQ(kind_of(std::move(one)), "header.value");
  }
  HttpRequest name = get();
  name.headers = {{"X:Bad", "1"}};
  EXPECT_EQ(kind_of(std::move(name)), "header.value");
  EXPECT_TRUE(server_->requests().empty());
}

TEST_P(HttpClientBothWays, RedirectsAreReportedNotFollowed) {
  serve(ScriptedAnswer{"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"});
  const HttpResponse response = run(get());
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.headers.find("location"), "/next");
  EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_P(HttpClientBothWays, CookiesAreNotKept) {
  serve(ScriptedAnswer{ok_answer("", "Set-Cookie: a=b\r\n")});
  (void)run(get());
  (void)run(get());
  EXPECT_EQ(server_->requests()[1].find("Cookie"), std::string::npos);
}

TEST_P(HttpClientBothWays, TheEnvironmentIsNotAsked) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  serve(ScriptedAnswer{ok_answer("direct")});
  EXPECT_EQ(run(get()).body, "direct");
  ::unsetenv("http_proxy");
}

TEST_P(HttpClientBothWays, AProxyIsUsedWhenGiven) {
  serve(ScriptedAnswer{ok_answer("by proxy")});
  profile_->proxy = {.http = server_->url(""), .https = {}, .bypass = {}};
  EXPECT_EQ(run(request("http://example.invalid/x")).body, "by proxy");
  EXPECT_TRUE(server_->requests()[0].starts_with("GET http://example.invalid/x HTTP/1.1\r\n"));
}

TEST_P(HttpClientBothWays, TheGuardHoldsForHostsThatBypassTheProxy) {
  serve(ScriptedAnswer{ok_answer("inner")});
  profile_->proxy = {.http = server_->url(""), .https = {}, .bypass = "localhost,127.0.0.0/8"};
  const auto guarded = [&](const std::string& url) {
    HttpRequest one = request(url);
    one.guard = std::make_shared<AddressGuard>(std::vector<AddressRange>{});
    return kind_of(std::move(one));
  };
  const std::string port = std::to_string(server_->port());
  EXPECT_EQ(guarded("http://127.0.0.1:" + port + "/"), "address.refused");
  EXPECT_EQ(guarded("http://localhost:" + port + "/"), "address.refused");
  EXPECT_EQ(guarded("http://10.0.0.1/"), "address.refused") << "by proxy";
  EXPECT_EQ(guarded("http://example.invalid/"), "") << "the proxy's own address is not judged";
  // Not over a connection that somebody else has opened either.
  EXPECT_EQ(run(get()).body, "inner");
  EXPECT_EQ(guarded("http://127.0.0.1:" + port + "/"), "address.refused");
}

TEST_P(HttpClientBothWays, ConnectionsAreKept) {
  serve(ScriptedAnswer{ok_answer("x")});
  for (int round = 0; round < 10; ++round) {
    std::vector<HttpRequest> requests;
    for (int i = 0; i < 20; ++i) requests.push_back(get());
    for (const HttpResponse& response : run(std::move(requests))) EXPECT_FALSE(response.error);
  }
  EXPECT_EQ(client_->counts().requests, 200U);
  EXPECT_EQ(client_->counts().connections, 20U);
  EXPECT_EQ(server_->connections(), 20U);
}

TEST_P(HttpClientBothWays, ManyToOneHostAreKept) {
  serve(ScriptedAnswer{ok_answer("x")});
  for (int round = 0; round < 5; ++round) {
    std::vector<HttpRequest> requests;
    for (int i = 0; i < 300; ++i) requests.push_back(get());
    for (const HttpResponse& response : run(std::move(requests))) EXPECT_FALSE(response.error);
  }
  // libcurl spreads them over several; one is there for HTTP/2 in any case.
  EXPECT_EQ(client_->counts().lanes >= 5U, GetParam() == Cleartext::libcurl);
  EXPECT_LE(client_->counts().connections, 310U);
}

TEST_P(HttpClientBothWays, AClosingServerIsNoProblem) {
  serve(ScriptedAnswer{ok_answer("x", "Connection: close\r\n"), Then::close});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(run(get()).body, "x");
  EXPECT_EQ(server_->connections(), 5U);
}

TEST_P(HttpClientBothWays, ADyingKeptConnectionIsNotRepeatedSilently) {
  serve([first = true](const std::string&) mutable {
    const bool answers = std::exchange(first, false);
    return answers ? ScriptedAnswer{ok_answer("x")} : ScriptedAnswer{"", Then::close};
  });
  EXPECT_FALSE(run(get()).error);
  const HttpResponse response = run(get());
  ASSERT_TRUE(response.error);
  EXPECT_EQ(response.error->kind, "reset");
  EXPECT_EQ(response.error->sent, Sent::maybe);
  EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_P(HttpClientBothWays, CutBodiesAreErrors) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(kind_after(head + "Content-Length: 10\r\n\r\nabc", Then::close), "body.cut");
  EXPECT_EQ(kind_after(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", Then::close),
            "body.cut");
  EXPECT_EQ(kind_after(head + "Content-Length: 10\r\n\r\nabc", Then::reset), "reset");
}

TEST_P(HttpClientBothWays, BodiesThatEndWithTheConnectionAreComplete) {
  serve(ScriptedAnswer{"HTTP/1.1 200 OK\r\n\r\nabc", Then::close});
  const HttpResponse response = run(get());
  EXPECT_FALSE(response.error);
  EXPECT_EQ(response.body, "abc");
}

TEST_P(HttpClientBothWays, ChunksAndTrailers) {
  serve(
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n"});
  const HttpResponse response = run(get());
  EXPECT_FALSE(response.error);
  EXPECT_EQ(response.body, "abcde");
}

TEST_P(HttpClientBothWays, NoAnswerAtAll) {
  EXPECT_EQ(kind_after("", Then::close), "reset");
  EXPECT_EQ(kind_after("", Then::reset), "reset");
}

TEST_P(HttpClientBothWays, NotHttp) {
  EXPECT_EQ(kind_after("SSH-2.0-OpenSSH_9.2\r\n", Then::close), "http.protocol");
  EXPECT_EQ(kind_after("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc", Then::close),
            "http.protocol");
}

TEST_P(HttpClientBothWays, NobodyListens) {
  std::uint16_t port = 0;
  {
    port = ScriptedServer([](const std::string&) { return ScriptedAnswer{}; }).port();
  }
  const HttpResponse response = run(request("http://127.0.0.1:" + std::to_string(port) + "/"));
  ASSERT_TRUE(response.error);
  EXPECT_EQ(response.error->kind, "connect.refused");
  EXPECT_EQ(response.error->code, Errc::unavailable);
  EXPECT_EQ(response.error->sent, Sent::no);
}

TEST_P(HttpClientBothWays, UnknownNamesFailTogether) {
  std::vector<HttpRequest> requests;
  for (int i = 0; i < 50; ++i) requests.push_back(request("http://no-such-host.invalid/"));
  for (const HttpResponse& response : run(std::move(requests))) {
    ASSERT_TRUE(response.error);
    EXPECT_EQ(response.error->kind, "dns.unknown");
  }
}

TEST_P(HttpClientBothWays, NamesAreResolvedOnceForAll) {
  serve(ScriptedAnswer{ok_answer("x")});
  const std::string url = "http://localhost:" + std::to_string(server_->port()) + "/";
  std::vector<HttpRequest> requests;
  for (int i = 0; i < 100; ++i) requests.push_back(request(url));
  for (const HttpResponse& response : run(std::move(requests))) EXPECT_FALSE(response.error);
}

TEST_P(HttpClientBothWays, Timeouts) {
  profile_->timeouts.first_byte = 50ms;
  profile_->timeouts.idle = 60ms;
  EXPECT_EQ(kind_after(""), "timeout.first_byte");
  EXPECT_EQ(kind_after("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"), "timeout.idle");
  profile_->timeouts.total = 10ms;
  EXPECT_EQ(kind_after(""), "timeout.total");
}

TEST_P(HttpClientBothWays, BodyLimitCountsWhatIsUnpacked) {
  profile_->limits.body_bytes = 100'000;
  EXPECT_EQ(kind_after(ok_answer(std::string(100'000, 'x'))), "");
  EXPECT_EQ(kind_after(ok_answer(std::string(100'001, 'x'))), "body.too_large");
  const std::string packed = gzip(std::string(100'001, 'x'));
  EXPECT_EQ(kind_after(ok_answer(packed, "Content-Encoding: gzip\r\n")), "body.too_large");
}

TEST_P(HttpClientBothWays, BombsAreDefused) {
  const std::string packed = gzip(std::string(20 << 20, 'x'));
  EXPECT_EQ(kind_after(ok_answer(packed, "Content-Encoding: gzip\r\n")), "body.expansion");
  EXPECT_EQ(kind_after(ok_answer(gzip("x"), "Content-Encoding: gzip,gzip,gzip,gzip,gzip,gzip\r\n")),
            "body.encoding");
  EXPECT_EQ(kind_after(ok_answer("not gzip", "Content-Encoding: gzip\r\n")), "body.encoding");
}

TEST_P(HttpClientBothWays, Unpacks) {
  serve(ScriptedAnswer{ok_answer(gzip("hello"), "Content-Encoding: gzip\r\n")});
  EXPECT_EQ(run(get()).body, "hello");
}

TEST_P(HttpClientBothWays, OnlyCompletePackedBodiesCount) {
  const std::string packed = gzip(std::string(5000, 'x'));
  const std::string encoding = "Content-Encoding: gzip\r\n";
  for (const std::size_t left : {packed.size() - 1, packed.size() - 8, packed.size() / 2}) {
    EXPECT_EQ(kind_after(ok_answer(packed.substr(0, left), encoding)), "body.cut") << left;
  }
  EXPECT_EQ(kind_after(ok_answer("", encoding)), "");
  EXPECT_EQ(kind_after(ok_answer("x", "Content-Encoding: klingon\r\n")), "body.encoding");
}

TEST_P(HttpClientBothWays, HeadersAreBounded) {
  const std::string line = "X: " + std::string(1000, 'y') + "\r\n";
  std::string many;
  for (int i = 0; i < 300; ++i) many += line;
  EXPECT_EQ(kind_after(ok_answer("", many)), "header.too_large");
  std::string small;
  for (int i = 0; i < 600; ++i) small += "X: y\r\n";
  EXPECT_EQ(kind_after(ok_answer("", small)), "header.too_large");
  EXPECT_EQ(kind_after(ok_answer("", "X: " + std::string(400'000, 'y') + "\r\n")),
            "header.too_large");
  std::string early;
  for (int i = 0; i < 600; ++i) early += "HTTP/1.1 103 Early Hints\r\n\r\n";
  EXPECT_EQ(kind_after(early + ok_answer("")), "header.too_large");
}

TEST_P(HttpClientBothWays, InformationalAnswersArePassedOver) {
  serve(ScriptedAnswer{"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" +
                       ok_answer("x", "X-Late: 1\r\n")});
  const HttpResponse response = run(get());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("x-late"), "1");
  EXPECT_FALSE(response.headers.find("x-early"));
}

TEST_P(HttpClientBothWays, ExtraBytesDropTheConnection) {
  serve([first = true](const std::string&) mutable {
    const bool smuggles = std::exchange(first, false);
    return ScriptedAnswer{ok_answer("good") + (smuggles ? ok_answer("smuggled") : "")};
  });
  EXPECT_EQ(run(get()).body, "good");
  EXPECT_EQ(run(get()).body, "good");
  EXPECT_EQ(server_->connections(), 2U);
}

TEST_P(HttpClientBothWays, TheHeadDecidesWhetherTheBodyIsRead) {
  serve(ScriptedAnswer{
      "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 1000000000\r\n\r\nabc"});
  HttpRequest one = get();
  std::string type;
  one.on_head = [&](const HttpHead& head) {
    type = head.headers.find("content-type").value_or("");
    return BodyPlan{.action = BodyPlan::Action::stop};
  };
  const HttpResponse response = run(std::move(one));
  EXPECT_FALSE(response.error);
  EXPECT_TRUE(response.stopped);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(type, "video/mp4");
}

TEST_P(HttpClientBothWays, ABeginningIsEnough) {
  const auto beginning = [&] {
    HttpRequest one = get();
    one.on_head = [](const HttpHead&) {
      return BodyPlan{.action = BodyPlan::Action::keep_beginning, .bytes_max = 4};
    };
    return run(std::move(one));
  };
  serve(ScriptedAnswer{ok_answer("abcdefgh")});
  EXPECT_EQ(beginning().body, "abcd");
  serve(ScriptedAnswer{ok_answer("abcd")});
  EXPECT_EQ(beginning().body, "abcd");
  serve(ScriptedAnswer{"HTTP/1.1 503 No\r\nContent-Length: 10\r\n\r\nab", Then::close});
  const HttpResponse cut = beginning();
  EXPECT_FALSE(cut.error);
  EXPECT_EQ(cut.body, "ab");
}

TEST_P(HttpClientBothWays, BodiesGoToFiles) {
  const std::string body(3 << 20, 'z');
  serve(ScriptedAnswer{ok_answer(body)});
  std::FILE* file = std::tmpfile();
  HttpRequest one = get();
  one.on_head = [&](const HttpHead&) {
    return BodyPlan{.action = BodyPlan::Action::write, .fd = ::fileno(file)};
  };
  const HttpResponse response = run(std::move(one));
  EXPECT_FALSE(response.error);
  EXPECT_TRUE(response.body.empty());
  EXPECT_EQ(response.body_bytes, body.size());
  EXPECT_EQ(::lseek(::fileno(file), 0, SEEK_END), static_cast<off_t>(body.size()));
  std::fclose(file);
}

TEST_P(HttpClientBothWays, AFullDiskIsSaid) {
  serve(ScriptedAnswer{ok_answer("x")});
  std::FILE* full = std::fopen("/dev/full", "we");
  HttpRequest one = get();
  one.on_head = [&](const HttpHead&) {
    return BodyPlan{.action = BodyPlan::Action::write, .fd = ::fileno(full)};
  };
  const HttpResponse response = run(std::move(one));
  ASSERT_TRUE(response.error);
  EXPECT_EQ(response.error->code, Errc::no_space);
  std::fclose(full);
}

TEST_P(HttpClientBothWays, TheGuardJudgesTheAddressConnectedTo) {
  serve(ScriptedAnswer{ok_answer("x")});
  const auto strict = std::make_shared<AddressGuard>(std::vector<AddressRange>{});
  const auto open = std::make_shared<AddressGuard>(std::vector{*parse_range("127.0.0.0/8")});
  const std::string port = std::to_string(server_->port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433", "[::1]"}) {
    HttpRequest one = request("http://" + host + ":" + port + "/");
    one.guard = strict;
    EXPECT_EQ(kind_of(std::move(one)), "address.refused") << host;
  }
  EXPECT_EQ(server_->connections(), 0U);
  HttpRequest allowed = get();
  allowed.guard = open;
  EXPECT_EQ(run(std::move(allowed)).body, "x");
  // The kept connection of a request that was allowed is no way round the guard.
  HttpRequest refused = get();
  refused.guard = strict;
  EXPECT_EQ(kind_of(std::move(refused)), "address.refused");
  EXPECT_EQ(server_->requests().size(), 1U);
}

TEST_P(HttpClientBothWays, CancelEndsARequest) {
  serve(ScriptedAnswer{""});
  std::optional<HttpResponse> response;
  HttpRequest one = get();
  one.on_done = [&](HttpResponse done) { response = std::move(done); };
  const RequestId id = client_->start(std::move(one));
  while (server_->requests().empty()) loop_->run_once(TimePoint::clock::now() + 1ms);
  client_->cancel(id);
  client_->cancel(id);
  while (!response) loop_->run_once(TimePoint::clock::now() + 1s);
  ASSERT_TRUE(response->error);
  EXPECT_EQ(response->error->code, Errc::cancelled);
  EXPECT_EQ(response->error->sent, Sent::maybe);
  EXPECT_EQ(client_->counts().in_flight, 0U);
}

TEST_P(HttpClientBothWays, CallbacksMayStartRequests) {
  serve(ScriptedAnswer{ok_answer("x")});
  int done = 0;
  std::function<void()> next = [&] {
    HttpRequest one = get();
    one.on_done = [&](const HttpResponse&) {
      if (++done < 50) next();
    };
    client_->start(std::move(one));
  };
  next();
  while (done < 50) loop_->run_once(TimePoint::clock::now() + 1s);
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_P(HttpClientBothWays, DestructionDropsWhatRuns) {
  serve(ScriptedAnswer{""});
  bool called = false;
  for (int i = 0; i < 10; ++i) {
    HttpRequest one = get();
    one.on_done = [&](const HttpResponse&) { called = true; };
    client_->start(std::move(one));
  }
  loop_->run_once(TimePoint::clock::now());
  client_.reset();
  loop_->run_once(TimePoint::clock::now());
  EXPECT_FALSE(called);
}

TEST_P(HttpClientBothWays, AProbeThatIsCancelledHasOneSuccessor) {
  serve(ScriptedAnswer{});  // Silent, also about TLS.
  const std::string url = "https://127.0.0.1:" + std::to_string(server_->port()) + "/";
  std::vector<RequestId> ids;
  int ended = 0;
  for (int i = 0; i < 5; ++i) {
    HttpRequest one = request(url);
    one.on_done = [&](const HttpResponse&) { ++ended; };
    ids.push_back(client_->start(std::move(one)));
  }
  const auto turn_until_connected = [&](std::uint64_t count) {
    const TimePoint give_up = TimePoint::clock::now() + kPatience;
    while (client_->counts().connections < count && TimePoint::clock::now() < give_up)
      loop_->run_once(give_up);
    for (int i = 0; i < 5; ++i) loop_->run_once(TimePoint::clock::now());
  };
  turn_until_connected(1);
  EXPECT_EQ(client_->counts().connections, 1U);
  client_->cancel(ids[0]);
  turn_until_connected(2);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(client_->counts().connections, 2U);
}

TEST_P(HttpClientBothWays, WhatAProbeCannotReachInTimeNobodyCan) {
  serve(ScriptedAnswer{});
  profile_->timeouts.connect = 30ms;
  const std::string url = "https://127.0.0.1:" + std::to_string(server_->port()) + "/";
  std::vector<HttpRequest> requests;
  for (int i = 0; i < 5; ++i) requests.push_back(request(url));
  for (const HttpResponse& response : run(std::move(requests))) {
    ASSERT_TRUE(response.error);
    EXPECT_EQ(response.error->kind, "connect.timeout");
  }
  EXPECT_EQ(client_->counts().connections, 1U);
}

}  // namespace
}  // namespace penstock::net
