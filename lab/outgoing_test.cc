// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What leaves for which answer, byte by byte, and with which waits.
#include "outgoing.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

using std::chrono::milliseconds;

struct Sent {
  std::string bytes;
  std::size_t pieces = 0;
  Duration waited{};
  bool held = false;

  std::string body() const { return bytes.substr(bytes.find("\r\n\r\n") + 4); }
};

Sent send(Answer answer) {
  Sent sent;
  Outgoing outgoing(std::move(answer), "now");
  for (bool more = true; more && sent.pieces < 10'000; ++sent.pieces) {
    const auto piece = outgoing.next(sent.bytes);
    sent.waited += piece.wait;
    sent.held = piece.holds;
    more = !piece.last && !piece.holds;
  }
  return sent;
}

Answer text(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

TEST(Outgoing, small_answer_is_one_piece) {
  const auto sent = send(text("hello"));
  EXPECT_EQ(sent.pieces, 1u);
  EXPECT_EQ(sent.bytes,
            "HTTP/1.1 200 OK\r\nServer: penstock-lab\r\nDate: now\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(Outgoing, large_bodies_leave_in_slices_and_whole) {
  Answer answer;
  answer.body = Pattern{200'000};
  const auto sent = send(answer);
  EXPECT_EQ(sent.pieces, 4u);
  EXPECT_EQ(sent.body(), body_text(Pattern{200'000}));
}

TEST(Outgoing, chunks_end_with_the_empty_chunk) {
  auto answer = text("0123456789abcdefXYZ");
  answer.delivery.chunked = true;
  EXPECT_EQ(send(answer).body(), "13\r\n0123456789abcdefXYZ\r\n0\r\n\r\n");
  answer.body = std::string();
  EXPECT_EQ(send(answer).body(), "0\r\n\r\n");
  answer.delivery.head_only = true;
  EXPECT_EQ(send(answer).body(), "");
}

TEST(Outgoing, truncated_body_is_shorter_than_its_length_says) {
  auto answer = text("hello world");
  answer.delivery.cut_at = 5;
  answer.delivery.ending = Ending::close;
  EXPECT_EQ(send(answer).body(), "hello");
  EXPECT_NE(send(answer).bytes.find("Content-Length: 11\r\n"), std::string::npos);
  answer.delivery.chunked = true;
  EXPECT_EQ(send(answer).body(), "5\r\nhello\r\n");
}

TEST(Outgoing, drips_at_the_rate_asked_for) {
  auto answer = text(std::string(100, 'x'));
  answer.delivery.drip_bytes_per_s = 50;
  const auto sent = send(answer);
  EXPECT_EQ(sent.waited, milliseconds(2'000));
  EXPECT_EQ(sent.body().size(), 100u);
  answer.delivery.drip_bytes_per_s = 2;
  EXPECT_EQ(send(answer).waited, milliseconds(50'000));
}

TEST(Outgoing, waits_before_head_and_body) {
  auto answer = text("x");
  answer.delivery.delay = milliseconds(30);
  answer.delivery.body_delay = milliseconds(70);
  const auto sent = send(answer);
  EXPECT_EQ(sent.pieces, 2u);
  EXPECT_EQ(sent.waited, milliseconds(100));
}

TEST(Outgoing, reset_hang_and_raw_say_nothing_or_anything) {
  auto answer = text("x");
  answer.delivery.ending = Ending::reset;
  EXPECT_EQ(send(answer).bytes, "");
  answer.delivery.ending = Ending::hang;
  EXPECT_TRUE(send(answer).held);
  answer.delivery.ending = Ending::close;
  answer.is_raw = true;
  answer.delivery.trailing = std::string("!!!");
  EXPECT_EQ(send(answer).bytes, "x!!!");
}

}  // namespace
}  // namespace penstock::lab
