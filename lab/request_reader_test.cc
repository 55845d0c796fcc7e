// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Requests fed whole, byte by byte, one after the other, and broken.
#include "request_reader.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

using State = RequestReader::State;

/// Feeds in pieces as a session does: what is not used comes again.
Request read(std::string_view bytes, std::size_t piece) {
  RequestReader reader;
  std::string inbox;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    inbox.append(bytes.substr(at, piece));
    const auto fed = reader.feed(inbox);
    inbox.erase(0, fed.used_bytes);
    if (fed.state == State::complete) return reader.take();
    EXPECT_EQ(fed.state, State::need_more);
  }
  ADD_FAILURE() << "not complete";
  return {};
}

State state(std::string_view bytes) { return RequestReader().feed(bytes).state; }

TEST(RequestReader, reads_in_pieces_of_any_size) {
  constexpr std::string_view kPost =
      "POST /echo?a=1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";
  for (std::size_t piece : {1u, 2u, 7u, 1000u}) {
    const auto request = read(kPost, piece);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/echo?a=1");
    EXPECT_EQ(request.header("x-a"), "b");
    EXPECT_EQ(request.body, "hello");
    EXPECT_TRUE(request.keep_alive);
  }
}

TEST(RequestReader, knows_chunks_and_closing) {
  const auto request = read(
      "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
      3);
  EXPECT_EQ(request.body, "abcde");
  EXPECT_FALSE(request.keep_alive);
  const auto old = read("GET / HTTP/1.0\r\n\r\n", 99);
  EXPECT_TRUE(old.is_http_1_0);
  EXPECT_FALSE(old.keep_alive);
}

TEST(RequestReader, leaves_the_next_request_alone) {
  RequestReader reader;
  const std::string two = "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n";
  const auto first = reader.feed(two);
  EXPECT_EQ(first.state, State::complete);
  EXPECT_EQ(reader.take().target, "/1");
  EXPECT_EQ(reader.feed(std::string_view(two).substr(first.used_bytes)).state, State::complete);
  EXPECT_EQ(reader.take().target, "/2");
}

TEST(RequestReader, asks_to_continue_once) {
  RequestReader reader;
  const auto fed =
      reader.feed("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(fed.state, State::need_more);
  EXPECT_TRUE(reader.take_continue());
  EXPECT_FALSE(reader.take_continue());
}

TEST(RequestReader, refuses_what_is_not_http) {
  EXPECT_EQ(state("hello\r\n\r\n"), State::malformed);
  EXPECT_EQ(state("GET / HTTP/9.9\r\n\r\n"), State::malformed);
  EXPECT_EQ(state("GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"), State::malformed);
  EXPECT_EQ(state("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"), State::malformed);
}

}  // namespace
}  // namespace penstock::lab
