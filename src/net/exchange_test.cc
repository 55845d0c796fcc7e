// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The limits of a request, told by hand what a carrier would tell.
#include "net/exchange.h"

#include <gtest/gtest.h>

#include "net/body_buffers.h"
#include "net/socket_set.h"

namespace penstock::net {
namespace {

using namespace std::chrono_literals;

class ExchangeTest : public testing::Test {
 protected:
  HttpRequest request() const {
    HttpRequest request;
    request.url = *parse_url("http://example.org/a");
    request.profile = profile_;
    return request;
  }
  void ask(HttpRequest request, ConnectTimer timer = ConnectTimer::exchange) {
    exchange_.accept(std::move(request));
    exchange_.begin(shared_.now);
    ASSERT_TRUE(exchange_.carry(timer));
  }
  void head(std::vector<Header> fields = {}) {
    ASSERT_TRUE(exchange_.may_send(kPublic));
    ASSERT_TRUE(exchange_.take_line_bytes(17));
    exchange_.take_status({.status = 200});
    for (const auto& [name, value] : fields) exchange_.take_field(name, value);
  }
  std::string kind_at(Duration after) const {
    const auto error = exchange_.overdue(shared_.now + after);
    return error ? error->kind : "";
  }

  const std::optional<IpAddress> kPublic = parse_address("93.184.216.34");
  SocketSet sockets_ = std::move(*SocketSet::create());
  BodyBuffers buffers_;
  ClientShared shared_{.sockets = sockets_, .buffers = buffers_, .now = TimePoint::clock::now()};
  std::shared_ptr<HttpProfile> profile_ = std::make_shared<HttpProfile>();
  Exchange exchange_{shared_, 3};
};

TEST_F(ExchangeTest, EachPhaseHasItsTimeout) {
  profile_->timeouts = {.connect = 5s, .first_byte = 10s, .idle = 15s, .total = 60s};
  ask(request());
  EXPECT_EQ(kind_at(4s), "");
  EXPECT_EQ(kind_at(6s), "connect.timeout");
  ASSERT_TRUE(exchange_.may_send(kPublic));
  EXPECT_EQ(kind_at(9s), "");
  EXPECT_EQ(kind_at(12s), "timeout.first_byte");
  exchange_.heard();  // A line that is not whole yet.
  EXPECT_EQ(kind_at(12s), "");
  EXPECT_EQ(kind_at(16s), "timeout.idle");
  ASSERT_TRUE(exchange_.take_line_bytes(17));
  exchange_.take_status({.status = 200});
  EXPECT_EQ(kind_at(14s), "");
  EXPECT_EQ(kind_at(16s), "timeout.idle");
  EXPECT_EQ(kind_at(61s), "timeout.total");
}

TEST_F(ExchangeTest, TheConnectTimeoutBeginsWithTheConnect) {
  profile_->timeouts.connect = 5s;
  exchange_.accept(request());
  exchange_.begin(shared_.now);
  shared_.now += 11s;  // It has waited for its host.
  ASSERT_TRUE(exchange_.carry(ConnectTimer::exchange));
  EXPECT_EQ(kind_at(4s), "");
  EXPECT_EQ(kind_at(6s), "connect.timeout");
}

TEST_F(ExchangeTest, ACarrierMayWatchTheConnectTimeoutItself) {
  profile_->timeouts.connect = 5s;
  ask(request(), ConnectTimer::carrier);
  EXPECT_EQ(kind_at(20s), "");
}

TEST_F(ExchangeTest, WhatWasSentIsSaid) {
  const auto sent = [this] { return exchange_.fail({}, shared_.now).response.error->sent; };
  ask(request());
  EXPECT_EQ(sent(), Sent::no);
  ask(request());
  ASSERT_TRUE(exchange_.may_send(kPublic));
  EXPECT_EQ(sent(), Sent::maybe);
  ask(request());
  head();
  EXPECT_EQ(sent(), Sent::yes);
}

TEST_F(ExchangeTest, TheGuardIsAskedBeforeConnectingAndBeforeSending) {
  const auto inner = parse_address("10.0.0.1");
  HttpRequest guarded = request();
  guarded.guard = std::make_shared<AddressGuard>(std::vector<AddressRange>{});
  ask(guarded);
  EXPECT_FALSE(exchange_.may_connect(inner));
  EXPECT_TRUE(exchange_.may_connect(kPublic));  // Another address of the same host.
  EXPECT_TRUE(exchange_.may_send(kPublic));
  EXPECT_EQ(exchange_.address(), kPublic);
  EXPECT_EQ(exchange_.break_off({.kind = "reset"}, shared_.now).response.error->kind, "reset");
  ask(guarded);
  EXPECT_FALSE(exchange_.may_send(inner));
  EXPECT_FALSE(exchange_.may_send(std::nullopt));
  EXPECT_EQ(exchange_.break_off({.kind = "reset"}, shared_.now).response.error->kind,
            "address.refused");
}

TEST_F(ExchangeTest, ABeginningThatBreaksOffIsCut) {
  HttpRequest one = request();
  one.on_head = [](const HttpHead&) {
    return BodyPlan{.action = BodyPlan::Action::keep_beginning, .bytes_max = 10};
  };
  ask(one);
  head({{"Content-Length", "100"}});
  ASSERT_TRUE(exchange_.end_of_head());
  EXPECT_TRUE(exchange_.take_packed("abc"));
  const HttpResponse cut = exchange_.break_off({.kind = "body.cut"}, shared_.now).response;
  EXPECT_FALSE(cut.error);
  EXPECT_TRUE(cut.cut);
  EXPECT_EQ(cut.body, "abc");

  ask(one);
  head();
  ASSERT_TRUE(exchange_.end_of_head());
  EXPECT_FALSE(exchange_.take_packed("0123456789a"));
  const HttpResponse enough = exchange_.break_off({.kind = "body.cut"}, shared_.now).response;
  EXPECT_TRUE(enough.stopped);
  EXPECT_FALSE(enough.cut);
  EXPECT_EQ(enough.body, "0123456789");
}

TEST_F(ExchangeTest, NothingOfTheLastRequestIsLeft) {
  ask(request());
  head({{"Content-Encoding", "gzip"}, {"Connection", "Close"}});
  ASSERT_TRUE(exchange_.end_of_head());
  EXPECT_FALSE(exchange_.take_packed("no gzip"));
  const Exchange::Ended ended = exchange_.break_off({}, shared_.now);
  EXPECT_EQ(ended.response.error->kind, "body.encoding");
  EXPECT_FALSE(ended.connection_kept);
  EXPECT_EQ(exchange_.phase(), Phase::idle);
  EXPECT_EQ(kind_at(1h), "");

  ask(request());
  EXPECT_FALSE(exchange_.address());
  EXPECT_FALSE(exchange_.is_resolved());
  head();
  ASSERT_TRUE(exchange_.end_of_head());
  EXPECT_TRUE(exchange_.take_packed("plain"));
  const Exchange::Ended next = exchange_.complete(shared_.now);
  EXPECT_EQ(next.response.body, "plain");
  EXPECT_EQ(next.response.headers.size(), 0U);
  EXPECT_EQ(next.response.received_bytes, 17U + 5U);
  EXPECT_TRUE(next.connection_kept);
}

}  // namespace
}  // namespace penstock::net
