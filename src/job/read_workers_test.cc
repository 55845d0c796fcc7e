// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "job/read_workers.h"

#include <gtest/gtest.h>

namespace penstock::job {
namespace {

TEST(FailureBudget, IsANumberOrAShare) {
  EXPECT_EQ(parse_failure_budget("100")->count_max, 100U);
  EXPECT_EQ(parse_failure_budget("100")->fraction_max, 0);
  EXPECT_EQ(parse_failure_budget("5%")->fraction_max, 0.05);
  EXPECT_EQ(parse_failure_budget("0.5%")->fraction_max, 0.005);
  EXPECT_EQ(parse_failure_budget("none")->count_max, 0U);
}

TEST(FailureBudget, NothingElse) {
  for (const char* text :
       {"", "0", "-1", "1.5", "0%", "101%", "%", "x", "5 %", "1e9", "nan", "inf"})
    EXPECT_FALSE(parse_failure_budget(text)) << text;
}

}  // namespace
}  // namespace penstock::job
