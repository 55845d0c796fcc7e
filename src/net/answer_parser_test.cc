// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The same bytes mean the same, however they arrive; and what a stream's end makes of them.
#include "net/answer_parser.h"

#include <gtest/gtest.h>

#include "net/body_buffers.h"
#include "net/socket_set.h"

namespace penstock::net {
namespace {

class AnswerParserTest : public testing::Test {
 protected:
  void ask(std::string method = "GET") {
    if (exchange_.phase() != Phase::idle) (void)exchange_.fail({}, {});
    HttpRequest request;
    request.url = *parse_url("http://127.0.0.1/");
    request.method = std::move(method);
    request.profile = profile_;
    exchange_.accept(std::move(request));
    ASSERT_TRUE(exchange_.carry(ConnectTimer::exchange));
    ASSERT_TRUE(exchange_.may_send(parse_address("127.0.0.1")));
    parser_.begin(exchange_);
  }

  /// In pieces of this size, up to the first that ends it.
  AnswerState feed(std::string_view bytes, std::size_t piece) {
    AnswerState state = AnswerState::open;
    while (!bytes.empty() && state == AnswerState::open) {
      state = parser_.feed(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    return state;
  }

  SocketSet sockets_ = std::move(*SocketSet::create());
  BodyBuffers buffers_;
  ClientShared shared_{.sockets = sockets_, .buffers = buffers_};
  std::shared_ptr<HttpProfile> profile_ = std::make_shared<HttpProfile>();
  Exchange exchange_{shared_, 0};
  AnswerParser parser_;
};

constexpr std::string_view kChunked =
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-One:  1 \r\n\r\n"
    "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n";

TEST_F(AnswerParserTest, PiecesOfAnySizeMeanTheSame) {
  for (std::size_t piece = 1; piece <= kChunked.size(); ++piece) {
    ask();
    ASSERT_EQ(feed(kChunked, piece), AnswerState::whole) << piece;
    EXPECT_TRUE(parser_.keeps_connection()) << piece;
    const HttpResponse response = exchange_.complete({}).response;
    EXPECT_EQ(response.body, "abcde") << piece;
    EXPECT_EQ(response.headers.find("x-one"), "1") << piece;
    EXPECT_FALSE(response.headers.find("link")) << piece;
    EXPECT_FALSE(response.headers.find("x-trailer")) << piece;
  }
}

TEST_F(AnswerParserTest, TwoPiecesMeanTheSameWhereverTheyAreCut) {
  for (const std::string_view text :
       {std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"),
        std::string_view("HTTP/1.1 204 No\r\n\r\n"), kChunked}) {
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      ask();
      ASSERT_EQ(parser_.feed(text.substr(0, cut)), AnswerState::open) << cut;
      ASSERT_EQ(parser_.feed(text.substr(cut)), AnswerState::whole) << cut << " of " << text;
    }
  }
}

TEST_F(AnswerParserTest, AnEmptyChunkedBodyInPieces) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* body : {"0\r\n\r\n", "0;a\r\n\r\n", "0\r\nT: t\r\n\r\n"}) {
    ask();
    EXPECT_EQ(feed(head, head.size()), AnswerState::open);
    EXPECT_EQ(feed(body, 1), AnswerState::whole) << body;
  }
}

TEST_F(AnswerParserTest, AnAnswerToHeadHasNoBody) {
  ask("HEAD");
  EXPECT_EQ(feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 100), AnswerState::whole);
  for (const char* status : {"204 No Content", "304 Not Modified"}) {
    ask();
    EXPECT_EQ(feed("HTTP/1.1 " + std::string(status) + "\r\n\r\n", 100), AnswerState::whole);
  }
}

TEST_F(AnswerParserTest, WhatTheEndOfTheStreamMeans) {
  ask();
  EXPECT_EQ(feed("HTTP/1.1 200 OK\r\n\r\nabc", 100), AnswerState::open);
  EXPECT_EQ(parser_.end_of_stream(), AnswerState::whole);
  EXPECT_FALSE(parser_.keeps_connection());
  for (const char* part : {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nX: 1\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc"}) {
    ask();
    EXPECT_EQ(feed(part, 100), AnswerState::open) << part;
    EXPECT_EQ(parser_.end_of_stream(), AnswerState::cut) << part;
  }
}

TEST_F(AnswerParserTest, ConnectionsThatCannotBeKept) {
  for (const char* head : {"HTTP/1.1 200 OK\r\nConnection: close\r\n", "HTTP/1.0 200 OK\r\n"}) {
    ask();
    EXPECT_EQ(feed(std::string(head) + "Content-Length: 0\r\n\r\n", 100), AnswerState::whole);
    EXPECT_FALSE(parser_.keeps_connection()) << head;
  }
  ask();
  EXPECT_EQ(feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP", 100), AnswerState::whole);
  EXPECT_FALSE(parser_.keeps_connection());
}

TEST_F(AnswerParserTest, AHeadThatNeverEndsIsTooLarge) {
  profile_->limits.header_bytes = 1000;
  ask();
  EXPECT_EQ(feed("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x'), 1000), AnswerState::refused);
  EXPECT_EQ(exchange_.break_off({}, {}).response.error->kind, "header.too_large");
}

TEST_F(AnswerParserTest, NobodyReadsTheReason) {
  for (const std::string reason : {"", " ", " Not Found", " \x1b]0;EVIL\x07", " \xff\xfe", "\t!"}) {
    const std::string bytes = "HTTP/1.1 404" + reason + "\r\nContent-Length: 1\r\n\r\nx";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{20}, bytes.size()}) {
      ask();
      ASSERT_EQ(feed(bytes, piece), AnswerState::whole) << reason << " " << piece;
      const HttpResponse response = exchange_.complete({}).response;
      EXPECT_EQ(response.status, 404);
      EXPECT_EQ(response.body, "x");
    }
  }
}

TEST_F(AnswerParserTest, NotHttp) {
  for (const char* bytes :
       {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/3 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
    ask();
    EXPECT_EQ(feed(bytes, 100), AnswerState::malformed) << bytes;
  }
}

TEST_F(AnswerParserTest, HeadsThatCanBeRead) {
  EXPECT_TRUE(AnswerParser::can_read("HTTP/1.1 200 OK\r\nX: y\r\n\r\n"));
  EXPECT_TRUE(AnswerParser::can_read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
  for (const char* head : {"HTTP/1.1 200 OK\nX: y\n\n", "HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ""}) {
    EXPECT_FALSE(AnswerParser::can_read(head)) << head;
  }
}

}  // namespace
}  // namespace penstock::net
