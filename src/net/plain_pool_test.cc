// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Who gets a connection of our own, when requests are left to libcurl, and what stays open. What
// both ways have in common is in http_client_test.cc.
#include "net/plain_pool.h"

#include <gtest/gtest.h>

#include "net/body_buffers.h"
#include "net/http_client_fixture.h"
#include "net/socket_set.h"

namespace penstock::net {
namespace {

using namespace std::chrono_literals;
using Then = ScriptedAnswer::Then;

class PlainPoolTest : public HttpClientTest {
 protected:
  /// libcurl has carried nothing of HTTP/1.1: its only lane is that for HTTP/2.
  bool was_all_plain() const { return client_->counts().lanes == 1; }

  std::string url_by_name() const {
    return "http://localhost:" + std::to_string(server_->port()) + "/";
  }

  /// Let the loop see what the server did to connections that are idle.
  void look_around() { loop_->run_once(TimePoint::clock::now() + 200ms); }
};

TEST_F(PlainPoolTest, AnAddressNeedsNoLibcurl) {
  serve({ok_answer("x")});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run(get()).body, "x");
  EXPECT_TRUE(was_all_plain());
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(PlainPoolTest, ANameIsReachedByLibcurlOnceAndThenByUs) {
  serve({ok_answer("x")});
  std::vector<HttpRequest> many;
  for (int i = 0; i < 200; ++i) many.push_back(request(url_by_name()));
  for (const HttpResponse& response : run(std::move(many))) EXPECT_EQ(response.body, "x");
  EXPECT_EQ(client_->counts().lanes, 2U);
  // libcurl's own for the first; a lane has room for 80.
  EXPECT_GE(server_->connections(), 100U);
}

TEST_F(PlainPoolTest, ANameWhoseAddressRefusesIsLookedUpAgain) {
  serve({ok_answer("x"), Then::close});
  const std::string url = url_by_name();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(run(request(url)).error);
  look_around();
  const HttpCounts before = client_->counts();
  server_.reset();
  const HttpResponse response = run(request(url));
  ASSERT_TRUE(response.error);
  EXPECT_EQ(response.error->kind, "connect.refused");
  EXPECT_EQ(client_->counts().requests, before.requests);
  // Ours, and at least one of libcurl's.
  EXPECT_GE(client_->counts().connections, before.connections + 2);
}

TEST_F(PlainPoolTest, TheGuardIsAskedForKeptConnectionsAndKnownAddresses) {
  serve({ok_answer("x")});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(run(request(url_by_name())).error);
  HttpRequest guarded = request(url_by_name());
  guarded.guard = std::make_shared<AddressGuard>(std::vector<AddressRange>{});
  EXPECT_EQ(kind_of(guarded), "address.refused");
  EXPECT_EQ(kind_of(guarded), "address.refused");  // Its connection was closed: a new one, too.
  EXPECT_EQ(server_->requests().size(), 3U);
}

TEST_F(PlainPoolTest, HeadersThatFrameTheMessageAreForLibcurl) {
  serve({ok_answer("x")});
  HttpRequest one = get();
  one.headers = {{"Connection", "close"}};
  EXPECT_FALSE(run(std::move(one)).error);
  EXPECT_FALSE(was_all_plain());
}

TEST_F(PlainPoolTest, AHostThatBeastCannotReadIsLeftToLibcurl) {
  serve({"HTTP/1.1 200 OK\nContent-Length: 1\n\nx"});  // Bare line feeds.
  EXPECT_EQ(kind_of(get()), "http.protocol");
  EXPECT_TRUE(was_all_plain());
  EXPECT_EQ(run(get()).body, "x");
  EXPECT_FALSE(was_all_plain());
}

/// Requests that fail for our strictness are tried again, but those that may do something twice.
TEST_F(PlainPoolTest, APostIsForLibcurlUntilAnAnswerWasUnderstood) {
  const auto post = [this] {
    HttpRequest one = get();
    one.method = "POST";
    one.body = "paid";
    return run(std::move(one));
  };
  serve({"HTTP/1.1 200 OK\nContent-Length: 1\n\nx"});  // Bare line feeds.
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(post().error);
  EXPECT_EQ(server_->connections(), 1U);

  serve({ok_answer("x")});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(post().error);
  EXPECT_EQ(server_->connections(), 2U);  // libcurl's, and ours.
}

/// As a busy worker does, each request starts from the callback of the one before.
TEST_F(PlainPoolTest, AServerThatClosesWithoutAWordCostsOneRequestAtMost) {
  serve({ok_answer("x"), Then::close});
  int left = 200;
  int lost = 0;
  const std::function<void()> next = [&] {
    HttpRequest one = get();
    one.on_done = [&](HttpResponse response) {
      lost += response.error ? 1 : 0;
      if (--left > 0) next();
    };
    client_->start(std::move(one));
  };
  next();
  const TimePoint give_up = TimePoint::clock::now() + kPatience;
  while (left > 0 && TimePoint::clock::now() < give_up) loop_->run_once(give_up);
  EXPECT_EQ(left, 0);
  EXPECT_LE(lost, 1);
}

TEST_F(PlainPoolTest, AnAnswerThatNobodyAskedForIsNoAnswer) {
  serve([first = true](const std::string&) mutable {
    const bool adds = std::exchange(first, false);
    return ScriptedAnswer{ok_answer("x") +
                          (adds ? "HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n" : "")};
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run(get()).status, 200);
}

TEST_F(PlainPoolTest, AConnectionThatTheServerClosedIsNotUsedAgain) {
  serve({ok_answer("x"), Then::close});
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(run(get()).error) << i;
    look_around();
    EXPECT_EQ(client_->counts().open_connections, 0U);
  }
  EXPECT_EQ(server_->connections(), 5U);
}

TEST_F(PlainPoolTest, IdleConnectionsMakeRoomForOthers) {
  auto sockets = std::move(*SocketSet::create());
  BodyBuffers buffers;
  ClientShared shared{.sockets = sockets, .buffers = buffers, .now = TimePoint::clock::now()};
  PlainPool pool(shared);
  pool.keep(2);
  serve({ok_answer("x")});
  Exchange exchange(shared, 0);
  for (int i = 0; i < 5; ++i) {
    exchange.accept(get());
    exchange.begin(shared.now);
    ASSERT_TRUE(exchange.carry(ConnectTimer::exchange));
    const std::string origin = "http://host" + std::to_string(i % 3);
    (void)pool.start(exchange, origin, *parse_address("127.0.0.1"), server_->port(),
                     Reuse::kept_or_new);
    while (!pool.has_ended()) {
      for (const auto& ready : sockets.ready()) pool.run_socket(ready.fd, ready.events);
    }
    for (PlainEnd& end : pool.take_ended()) {
      EXPECT_TRUE(end.connection_kept);
      EXPECT_EQ(end.exchange->complete(shared.now).response.body, "x");
    }
    EXPECT_EQ(sockets.open(), i == 0 ? 1U : 2U);
  }
  // host1 was the last but one, so only its second request came in time.
  EXPECT_EQ(shared.connections, 5U);
  shared.now += 119s;  // Too old by then.
  exchange.accept(get());
  exchange.begin(shared.now);
  ASSERT_TRUE(exchange.carry(ConnectTimer::exchange));
  const int connection = pool.start(exchange, "http://host1", *parse_address("127.0.0.1"),
                                    server_->port(), Reuse::kept_or_new);
  EXPECT_EQ(shared.connections, 6U);
  pool.remove(exchange, connection);
  pool.drop_idle();
  EXPECT_EQ(sockets.open(), 0U);
  (void)exchange.fail({Errc::cancelled, "", "cancelled"}, shared.now);
}

}  // namespace
}  // namespace penstock::net
