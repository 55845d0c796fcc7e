// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "steps/fan_out.h"

#include <gtest/gtest.h>

namespace penstock::steps {
namespace {

Result<ItemVerdict> verdict(std::string_view text, const std::string& pointer) {
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(document);
  return fan_out(document->root(), pointer);
}

TEST(FanOut, ElementsAndWhatIsLeft) {
  const auto found = verdict(R"({"n":2,"hits":[{"a":1.50},"x",3]})", "/hits");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->outcome, Outcome::done);
  EXPECT_TRUE(found->fans_out);
  EXPECT_EQ(found->output, R"({"n":2})");
  const std::vector<std::string> wanted{R"({"a":1.50})", R"({"value":"x"})", R"({"value":3})"};
  EXPECT_EQ(found->elements, wanted);
  EXPECT_TRUE(verdict("[]", "")->elements.empty());
}

TEST(FanOut, WhatCannotBe) {
  EXPECT_EQ(verdict("{}", "/hits").error().kind, "each.missing");
  EXPECT_EQ(verdict(R"({"hits":{}})", "/hits").error().kind, "each.type");
}

}  // namespace
}  // namespace penstock::steps
