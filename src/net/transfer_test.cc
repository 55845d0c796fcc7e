// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One transfer in one lane, driven by hand: phases, reuse of the handle, timeouts as arithmetic.
#include "net/transfer.h"

#include <gtest/gtest.h>

#include <optional>

#include "net/body_buffers.h"
#include "net/lane.h"
#include "net/scripted_server.h"
#include "net/socket_set.h"

namespace penstock::net {
namespace {

using namespace std::chrono_literals;

class TransferTest : public testing::Test {
 protected:
  TransferTest() {
    shared_.now = TimePoint::clock::now();
    profile_->timeouts = {.connect = 5s, .first_byte = 10s, .idle = 5s, .total = 60s};
  }
  ~TransferTest() override {
    lane_.reset();
    transfer_.reset();
    exchange_.reset();
    ::curl_share_cleanup(share_);
  }

  void serve(ScriptedAnswer answer) {
    server_.emplace([answer = std::move(answer)](const std::string&) { return answer; });
  }
  void begin(std::string_view url = "") {
    HttpRequest request;
    request.url = *parse_url(url.empty() ? server_->url("/") : url);
    request.profile = profile_;
    exchange_->accept(std::move(request));
    exchange_->begin(shared_.now);
    ASSERT_TRUE(transfer_->prepare({}));
    lane_->add(*transfer_);
  }
  void step() {
    if (lane_->due() <= TimePoint::clock::now()) lane_->run_timers();
    pollfd waiting{sockets_.fd(), POLLIN, 0};
    ::poll(&waiting, 1, 1);
    for (const auto& ready : sockets_.ready()) lane_->run_socket(ready.fd, ready.events);
  }
  std::string kind(Duration after) {
    const auto error = exchange_->overdue(shared_.now + after);
    return error ? error->kind : std::string();
  }
  void give_up() {
    lane_->remove(*transfer_);
    (void)exchange_->fail({Errc::cancelled, "", "cancelled"}, shared_.now);
  }
  Exchange::Ended finish() {
    std::vector<Lane::Ended> ended;
    while (ended.empty()) {
      step();
      lane_->take_ended(ended);
    }
    EXPECT_EQ(ended[0].first, transfer_.get());
    lane_->remove(*transfer_);
    return transfer_->end(ended[0].second, shared_.now);
  }

  SocketSet sockets_ = std::move(*SocketSet::create());
  BodyBuffers buffers_;
  CURLSH* share_ = ::curl_share_init();
  ClientShared shared_{.sockets = sockets_, .buffers = buffers_};
  std::shared_ptr<HttpProfile> profile_ = std::make_shared<HttpProfile>();
  std::unique_ptr<Exchange> exchange_ = std::make_unique<Exchange>(shared_, 7);
  std::unique_ptr<Transfer> transfer_ = std::make_unique<Transfer>(shared_, share_, *exchange_);
  std::unique_ptr<Lane> lane_ = std::make_unique<Lane>(0, LaneKind::http1, sockets_);
  std::optional<ScriptedServer> server_;
};

TEST_F(TransferTest, PhasesGoForward) {
  serve({""});
  EXPECT_EQ(exchange_->index(), 7U);
  EXPECT_EQ(exchange_->phase(), Phase::idle);
  begin();
  EXPECT_EQ(exchange_->phase(), Phase::connecting);
  EXPECT_FALSE(exchange_->is_resolved());
  EXPECT_EQ(lane_->in_flight(), 1U);
  while (!exchange_->is_connected()) step();
  EXPECT_EQ(exchange_->phase(), Phase::sent);
  EXPECT_GT(exchange_->sent_at(), shared_.now);
  lane_->remove(*transfer_);
  EXPECT_EQ(exchange_->fail({Errc::cancelled, "", "cancelled"}, shared_.now).response.error->sent,
            Sent::maybe);
  EXPECT_EQ(exchange_->phase(), Phase::idle);
}

TEST_F(TransferTest, AHandleServesAgainAndForgets) {
  serve({"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"});
  for (int i = 0; i < 3; ++i) {
    begin();
    const Exchange::Ended ended = finish();
    EXPECT_FALSE(ended.response.error);
    EXPECT_EQ(ended.response.body, "abc");
    EXPECT_TRUE(ended.connection_kept);
  }
  EXPECT_EQ(shared_.requests, 3U);
  EXPECT_EQ(shared_.connections, 1U);
}

TEST_F(TransferTest, ConnectionsThatCannotBeKept) {
  serve({"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"});
  begin();
  EXPECT_FALSE(finish().connection_kept);
  serve({"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"});
  begin();
  EXPECT_FALSE(finish().connection_kept);
}

TEST_F(TransferTest, TimeoutsAreArithmetic) {
  serve({"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"});
  begin();
  EXPECT_EQ(kind(59s), "");
  EXPECT_EQ(kind(61s), "timeout.total");
  while (exchange_->phase() < Phase::body) step();
  EXPECT_EQ(kind(4s), "");
  EXPECT_EQ(kind(6s), "timeout.idle");
  give_up();
}

TEST_F(TransferTest, AServerThatSaysNothing) {
  serve({""});
  begin();
  EXPECT_EQ(kind(20s), "");  // The connect timeout is libcurl's.
  while (!exchange_->is_connected()) step();
  EXPECT_EQ(kind(9s), "");
  EXPECT_EQ(kind(12s), "timeout.first_byte");
  give_up();
}

}  // namespace
}  // namespace penstock::net
