// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "job/read_limits.h"

#include <gtest/gtest.h>

#include "job/toml_setting.h"

namespace penstock::job {
namespace {

using namespace std::chrono_literals;

struct Read {
  std::vector<LimitOptions> limits;
  std::string complaints;
};

Read read(std::string_view toml) {
  catalog::Problems problems;
  Read result;
  const auto tree = parse_toml(toml, problems);
  if (tree) {
    catalog::SettingReader root(*tree, "", problems);
    result.limits = read_limits(root);
    root.done();
  }
  for (const auto& problem : problems.sorted()) result.complaints += to_string(problem, "j") + "\n";
  return result;
}

TEST(ReadLimits, EveryRuleInEveryForm) {
  const Read found = read(R"(
[limit.search]
rate = "10/s"
[limit.pages]
rate = ["500/min", "2/s per host"]
concurrency = ["auto", "2 per host"]
spacing = "1.5s per host"
[limit.pages.for."export.arxiv.org"]
spacing = "3s"
concurrency = 1
)");
  EXPECT_EQ(found.complaints, "");
  ASSERT_EQ(found.limits.size(), 2U);
  EXPECT_EQ(found.limits[0].name, "search");
  EXPECT_EQ(found.limits[0].all.rates, (std::vector<Rate>{{10, 1s}}));
  const LimitOptions& pages = found.limits[1];
  EXPECT_EQ(pages.per, "host");
  EXPECT_EQ(pages.all.rates, (std::vector<Rate>{{500, 1min}}));
  EXPECT_EQ(pages.each.rates, (std::vector<Rate>{{2, 1s}}));
  EXPECT_TRUE(pages.all.concurrency->adaptive);
  EXPECT_EQ(pages.each.concurrency->count, 2);
  EXPECT_EQ(pages.each.spacing, 1500ms);
  EXPECT_EQ(pages.keys.at("export.arxiv.org").spacing, 3s);
  EXPECT_EQ(pages.keys.at("export.arxiv.org").concurrency->count, 1);
}

TEST(ReadLimits, HostsAreNamedAsStepsNameThem) {
  const Read found = read(R"(
[limit.pages]
spacing = "1.5s per host"
[limit.pages.for."Export.arXiv.org."]
spacing = "3s"
[limit.tenants]
rate = "1/s per {tenant}"
[limit.tenants.for."A."]
rate = "2/s"
)");
  EXPECT_EQ(found.complaints, "");
  EXPECT_TRUE(found.limits[0].keys.contains("export.arxiv.org"));
  EXPECT_TRUE(found.limits[1].keys.contains("A."));
}

TEST(ReadLimits, ComplaintsNameThePlaceAndTheReason) {
  EXPECT_EQ(read("[limit.a]\nrate = \"0/s\"\n").complaints,
            "j:2:8: limit.a.rate: rate \"0/s\" is zero: nothing would ever start\n");
  EXPECT_EQ(read("[limit.a]\nrte = \"1/s\"\n").complaints,
            "j:2:1: limit.a.rte: unknown key; did you mean \"rate\"?\n");
  EXPECT_EQ(read("[limit.a]\nrate = true\n").complaints,
            "j:2:8: limit.a.rate: expected a rate such as \"10/s\" or \"2/s per host\"\n");
  EXPECT_EQ(read("limit.a = 3\n").complaints,
            "j:1:7: limit.a: expected a table: [limit.NAME] with rate, concurrency or spacing\n");
  EXPECT_EQ(read("[limit.a]\nspacing = [\"1s per host\", \"2s per {tenant}\"]\n").complaints,
            "j:2:27: limit.a.spacing: one limit counts per one thing, and this one counts per host "
            "already\n");
  EXPECT_EQ(read("[limit.a]\nconcurrency = [2, 3]\n").complaints,
            "j:2:19: limit.a.concurrency: a second concurrency for the same thing\n");
  EXPECT_EQ(read("[limit.a]\nconcurrency = 2\n[limit.a.for.\"x\"]\nspacing = \"1s\"\n").complaints,
            "j:3:1: limit.a.for: exceptions need a rule \"per host\" (or per a field) to differ "
            "from\n");
  EXPECT_EQ(read("[limit.a]\nspacing = \"1s per host\"\n[limit.a.for.\"x\"]\nspacing = \"1s per "
                 "host\"\n")
                .complaints,
            "j:4:11: limit.a.for.\"x\".spacing: an exception is for one key already; leave out "
            "\"per host\"\n");
}

TEST(ReadRetry, DefaultsAndEveryKey) {
  catalog::Problems problems;
  const auto tree = parse_toml(
      "retry = { attempts = 3, throttles = 7, crashes = 2, first_wait = \"2s\", max_wait = "
      "\"10s\", "
      "deadline = \"1h\", circuit = { failures = 0, rest = \"5s\", rest_max = \"50s\" } }",
      problems);
  ASSERT_TRUE(tree);
  catalog::SettingReader step(*tree, "step", problems);
  const RetryOptions options = read_retry(step);
  EXPECT_FALSE(problems.has_errors());
  EXPECT_EQ(options, (RetryOptions{3, 7, 2, 2s, 10s, 1h, {0, 5s, 50s}}));
  const catalog::Setting nothing;
  catalog::SettingReader silent(nothing, "step", problems);
  EXPECT_EQ(read_retry(silent), RetryOptions{});
}

}  // namespace
}  // namespace penstock::job
