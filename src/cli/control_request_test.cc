// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/control_request.h"

#include <gtest/gtest.h>

namespace penstock::cli {
namespace {

std::string refusal(std::string_view line) {
  const auto parsed = parse_control_request(line);
  return parsed ? "accepted" : parsed.error().message;
}

TEST(ControlRequest, GoesThereAndBack) {
  const ControlRequest request{ControlRequest::Wish::tune,
                               {.concurrency = 80, .rates = {{"", "15/s"}, {"a\"b", "1/s"}}}};
  const auto parsed = parse_control_request(to_line(request));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->wish, ControlRequest::Wish::tune);
  EXPECT_EQ(parsed->tuning.concurrency, 80U);
  EXPECT_FALSE(parsed->tuning.workers);
  EXPECT_EQ(parsed->tuning.rates, request.tuning.rates);
  EXPECT_EQ(to_line({.wish = ControlRequest::Wish::drain}), R"({"do":"drain"})");
  EXPECT_EQ(parse_control_request(R"({"do":"snapshot"})")->wish, ControlRequest::Wish::snapshot);
}

TEST(ControlRequest, WhatIsNotUnderstoodIsRefused) {
  EXPECT_EQ(refusal("{}"), "\"do\" is snapshot, tune or drain");
  EXPECT_EQ(refusal(R"({"do":"exec"})"), "\"do\" is snapshot, tune or drain");
  EXPECT_EQ(refusal(R"({"do":"tune","workers":0})"), "workers is a whole number from 1 to 1000000");
  EXPECT_EQ(refusal(R"({"do":"tune","at_once":1e99})"),
            "at_once is a whole number from 1 to 1000000");
  EXPECT_EQ(refusal(R"({"do":"tune","rates":["x"]})"), "rates is a list of [limit, rate]");
  EXPECT_TRUE(refusal("[[[[[[[[[[[[[[[[[[").starts_with("not a JSON object"));
  EXPECT_TRUE(refusal("").starts_with("not a JSON object"));
}

TEST(ControlRequest, Answers) {
  EXPECT_EQ(control_answer(false, "why \"not\""), R"({"ok":false,"text":"why \"not\""})");
}

}  // namespace
}  // namespace penstock::cli
