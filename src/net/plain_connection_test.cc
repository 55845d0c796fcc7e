// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What one connection of ours writes, and what it makes of a server's odd moments.
#include "net/plain_connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "net/http_client_fixture.h"

namespace penstock::net {
namespace {

using namespace std::chrono_literals;
using Then = ScriptedAnswer::Then;

using PlainConnectionTest = HttpClientTest;

TEST_F(PlainConnectionTest, WhatItWrites) {
  serve({ok_answer("x")});
  EXPECT_FALSE(run(get("/a?b=c")).error);
  HttpRequest post = get("/");
  post.method = "POST";
  post.headers = {
      {"host", "virtual.org"}, {"ACCEPT", "text/*"}, {"Accept-Encoding", "br"}, {"X-Empty", ""}};
  post.body = "abc";
  EXPECT_FALSE(run(std::move(post)).error);
  const std::string host = "127.0.0.1:" + std::to_string(server_->port());
  EXPECT_EQ(server_->requests()[0], "GET /a?b=c HTTP/1.1\r\nHost: " + host +
                                        "\r\nAccept: */*\r\n"
                                        "Accept-Encoding: gzip, br, zstd\r\n\r\n");
  EXPECT_EQ(server_->requests()[1],
            "POST / HTTP/1.1\r\nhost: virtual.org\r\nACCEPT: text/*\r\nAccept-Encoding: br\r\n"
            "X-Empty:\r\nContent-Length: 3\r\n\r\nabc");
}

TEST_F(PlainConnectionTest, HeadersThatFrameTheMessageAreForLibcurl) {
  serve({ok_answer("x")});
  for (const char* name : {"Connection", "TE", "transfer-encoding", "Upgrade"}) {
    EXPECT_FALSE(PlainConnection::can_carry({.headers = {{name, "x"}}})) << name;
  }
  EXPECT_TRUE(PlainConnection::can_carry({.headers = {{"Accept", "x"}}}));
}

TEST_F(PlainConnectionTest, WhatOnlyLibcurlUnderstandsIsMalformed) {
  EXPECT_EQ(kind_after("HTTP/1.1 101 Switching Protocols\r\n\r\n"), "http.protocol");
  EXPECT_EQ(kind_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            "http.protocol");
  const std::string endless_extension(500'000, 'e');
  EXPECT_EQ(
      kind_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + endless_extension),
      "http.protocol");
}

TEST_F(PlainConnectionTest, LargeRequestsGoOutInPieces) {
  serve([](const std::string& request) {
    return ScriptedAnswer{ok_answer(std::to_string(request.size() - request.find("\r\n\r\n") - 4))};
  });
  EXPECT_FALSE(run(get()).error);  // Now it is known how it answers.
  for (int i = 0; i < 3; ++i) {
    HttpRequest post = get();
    post.method = "POST";
    post.body = std::string(20'000'000, 'b');
    EXPECT_EQ(run(std::move(post)).body, "20000000");
  }
  EXPECT_EQ(server_->connections(), 1U);
}

/// A port of 127.0.0.1 that a test serves, or does not serve, by hand.
class Port {
 public:
  explicit Port(int backlog) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address_;
    EXPECT_EQ(::bind(listener_.get(), generic(), bytes), 0);
    EXPECT_EQ(::listen(listener_.get(), backlog), 0);
    EXPECT_EQ(::getsockname(listener_.get(), generic(), &bytes), 0);
  }
  os::Fd accept() const { return os::Fd(::accept(listener_.get(), nullptr, nullptr)); }
  void connect(const os::Fd& socket) {
    (void)::connect(socket.get(), generic(), sizeof address_);  // Some wait for ever: it is full.
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/";
  }

 private:
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }
  sockaddr_in address_{};
  os::Fd listener_{::socket(AF_INET, SOCK_STREAM, 0)};
};

TEST_F(PlainConnectionTest, AnAnswerBeforeTheEndOfTheRequestCounts) {
  const Port port(10);
  std::thread server([&] {
    const os::Fd one = port.accept();
    char room[4096];
    (void)!::recv(one.get(), room, sizeof room, 0);
    constexpr std::string_view kRefused = "HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n";
    (void)!::send(one.get(), kRefused.data(), kRefused.size(), MSG_NOSIGNAL);
    (void)!::recv(one.get(), room, sizeof room, MSG_WAITALL);  // Some more, but never all of it.
    std::this_thread::sleep_for(50ms);
  });
  HttpRequest put = request(port.url());
  put.method = "PUT";
  put.body = std::string(30'000'000, 'b');
  EXPECT_EQ(run(std::move(put)).status, 413);
  EXPECT_EQ(client_->counts().open_connections, 0U);
  server.join();
}

TEST_F(PlainConnectionTest, TheConnectTimeoutIsKept) {
  Port full(0);  // Once its queue is full, the kernel answers nobody else.
  std::array<os::Fd, 3> queue;
  for (os::Fd& one : queue) {
    one = os::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    full.connect(one);
  }
  profile_->timeouts.connect = 50ms;
  EXPECT_EQ(kind_of(request(full.url())), "connect.timeout");
  EXPECT_EQ(client_->counts().open_connections, 0U);
}

}  // namespace
}  // namespace penstock::net
