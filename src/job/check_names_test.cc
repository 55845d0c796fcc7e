// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// read_steps.h, which calls this for every step, is covered by load_job_test.cc.
#include "job/check_names.h"

#include <gtest/gtest.h>

#include "job/read_steps.h"

namespace penstock::job {
namespace {

std::string wrong(std::vector<std::string> used, bool open = false) {
  catalog::Problems problems;
  check_names({{{1, 1}, "k", std::move(used), {}}}, {{"term", "search", "parent", "a.b"}, open},
              problems);
  std::string names;
  for (const catalog::Problem& problem : problems.sorted()) names += problem.message + ";";
  return names;
}

TEST(CheckNames, TheFirstPartMustExist) {
  EXPECT_EQ(wrong({"term", "search.total", "/parent/anything/0", "/term", "a.b", "parent.x"}), "");
  EXPECT_EQ(wrong({"trem"}), "no item has a field \"trem\" here; did you mean \"term\"?;");
  EXPECT_EQ(wrong({"/serach/x"}), "no item has a field \"/serach/x\" here;");
  EXPECT_EQ(wrong({"a"}), "no item has a field \"a\" here;");
}

TEST(CheckNames, WhereAnythingMayBeNothingIsWrong) { EXPECT_EQ(wrong({"zzz"}, true), ""); }

}  // namespace
}  // namespace penstock::job
