// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bodies and heads.
#include "answer.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

TEST(Answer, slices_of_every_kind_of_body_are_consistent) {
  const Body pattern = Pattern{1'000};
  const Body owned = body_text(pattern);
  const Body shared = std::make_shared<const std::string>(body_text(pattern));
  for (const auto& body : {pattern, owned, shared}) {
    EXPECT_EQ(body_bytes(body), 1'000u);
    std::string slice;
    append_slice(body, 60, 200, slice);
    EXPECT_EQ(slice, body_text(owned).substr(60, 200));
  }
}

TEST(Answer, statuses_without_a_body_have_no_length) {
  Answer answer;
  answer.status = 204;
  EXPECT_EQ(render_head(answer, "now"),
            "HTTP/1.1 204 No Content\r\nServer: penstock-lab\r\nDate: now\r\n\r\n");
}

TEST(Answer, head_says_what_becomes_of_the_connection) {
  Answer answer = error_answer(429, "slow_down", "not now");
  add_header(answer, "Retry-After", "2");
  answer.delivery.ending = Ending::close;
  const auto head = render_head(answer, "now");
  EXPECT_NE(head.find("HTTP/1.1 429 Too Many Requests\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nConnection: close\r\nRetry-After: 2\r\n\r\n"), std::string::npos);
  EXPECT_EQ(body_text(answer.body),
            "{\"error\":{\"code\":\"slow_down\",\"message\":\"not now\"}}\n");
  EXPECT_EQ(reason(599), "Unknown");
}

}  // namespace
}  // namespace penstock::lab
