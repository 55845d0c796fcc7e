// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A session on a real socket, driven without sleeping: the loop runs until the client has what it
// waits for.
#include "session.h"

#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>

#include <functional>

namespace penstock::lab {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() : client_(loop_) {
    tcp::acceptor acceptor(loop_, {asio::ip::make_address("127.0.0.1"), 0});
    client_.connect(acceptor.local_endpoint());
    client_.non_blocking(true);
    std::make_shared<Session>(acceptor.accept(), responder_, 1)->start();
  }

  void send(std::string_view bytes) { asio::write(client_, asio::buffer(bytes)); }

  /// Runs the loop until what came satisfies; false if the lab ends the connection before.
  bool receive(const std::function<bool(const std::string&)>& satisfied) {
    while (!satisfied(received_)) {
      loop_.poll();
      loop_.restart();
      char part[4096];
      boost::system::error_code failure;
      const auto count = client_.read_some(asio::buffer(part), failure);
      received_.append(part, count);
      if (failure && failure != asio::error::would_block) return false;
    }
    return true;
  }

  bool receives(std::string_view text) {
    return receive([&](const std::string& all) { return all.find(text) != std::string::npos; });
  }

  bool ends() {
    return !receive([](const std::string&) { return false; });
  }

  bool counts(std::string_view text) {
    loop_.poll();
    loop_.restart();
    return responder_.stats_json().find(text) != std::string::npos;
  }

  Responder responder_{Site{}, {}, std::move(*RequestLog::open(""))};
  asio::io_context loop_;
  tcp::socket client_;
  std::string received_;
};

TEST_F(SessionTest, answers_requests_sent_together_in_their_order) {
  send(
      "GET /echo?n=first&delay=5ms HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /echo?n=second HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(receives("second"));
  EXPECT_LT(received_.find("first"), received_.find("second"));
}

TEST_F(SessionTest, head_has_no_body_on_any_route) {
  for (const auto* path : {"/ok", "/none", "/stats", "/ok?status=503", "/ok?chunked"}) {
    received_.clear();
    send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(receives("\"body_bytes\":0}\n"));
    EXPECT_NE(received_.find("\r\n\r\nHTTP/1.1 200 OK"), std::string::npos) << path;
  }
}

TEST_F(SessionTest, reads_a_request_in_pieces) {
  send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Le");
  EXPECT_TRUE(counts("\"requests\":0"));
  send("ngth: 4\r\n\r\nbo");
  EXPECT_TRUE(counts("\"requests\":0"));
  send("dy");
  EXPECT_TRUE(receives("\"body\":\"body\""));
}

TEST_F(SessionTest, a_client_that_leaves_is_in_flight_no_more) {
  send("GET /ok?hang HTTP/1.1\r\nHost: h\r\n\r\n");
  while (!counts("\"in_flight\":1")) {
  }
  client_.close();
  while (!counts("\"in_flight\":0")) {
  }
  EXPECT_TRUE(counts("\"abandoned\":1"));
  EXPECT_TRUE(counts("\"open\":0"));
}

TEST_F(SessionTest, ends_after_the_answer_when_asked) {
  send("GET /ok HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(ends());
  EXPECT_NE(received_.find("Connection: close"), std::string::npos);
}

TEST_F(SessionTest, ends_on_what_is_no_request) {
  send("what?\r\n\r\n");
  EXPECT_TRUE(ends());
  EXPECT_EQ(received_, "");
}

TEST_F(SessionTest, resets_without_a_word) {
  send("GET /ok?reset HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(ends());
  EXPECT_EQ(received_, "");
  EXPECT_TRUE(counts("\"reset\":1"));
}

TEST_F(SessionTest, answers_whole_bodies_larger_than_the_socket_holds) {
  send("GET /ok?bytes=20M&close HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(ends());
  EXPECT_EQ(received_.size() - received_.find("\r\n\r\n") - 4, 20u << 20);
}

}  // namespace
}  // namespace penstock::lab
