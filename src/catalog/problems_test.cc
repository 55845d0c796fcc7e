// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/problems.h"

#include <gtest/gtest.h>

namespace penstock::catalog {
namespace {

TEST(Problems, StandInTheOrderOfTheFile) {
  Problems problems;
  problems.error({9, 1}, "b", "late");
  problems.error({2, 5}, "a", "early");
  problems.warning({2, 1}, "w", "first");
  ASSERT_EQ(problems.sorted().size(), 3U);
  EXPECT_EQ(problems.sorted()[0].key, "w");
  EXPECT_EQ(problems.sorted()[2].key, "b");
}

TEST(Problems, WarningsDoNotFail) {
  Problems problems;
  problems.warning({}, "", "careful");
  EXPECT_FALSE(problems.has_errors());
  problems.error({}, "", "wrong");
  EXPECT_TRUE(problems.has_errors());
}

TEST(Problems, ReadAsCompilersWrite) {
  EXPECT_EQ(to_string({{3, 4}, "step.url", "missing"}, "j.toml"), "j.toml:3:4: step.url: missing");
  EXPECT_EQ(to_string({{3, 4}, "k", "odd", Severity::warning}, "j.toml"),
            "j.toml:3:4: warning: k: odd");
  EXPECT_EQ(to_string({{}, "--rate", "expected a rate"}, "command line"),
            "command line: --rate: expected a rate");
}

}  // namespace
}  // namespace penstock::catalog
