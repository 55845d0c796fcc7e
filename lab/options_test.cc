// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Command lines, good and bad.
#include "options.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

Result<Invocation> parse(std::initializer_list<std::string_view> arguments) {
  return parse_options(std::span(arguments.begin(), arguments.size()));
}

std::string refusal(std::initializer_list<std::string_view> arguments) {
  const auto parsed = parse(arguments);
  return parsed ? "(accepted)" : parsed.error().message;
}

TEST(Options, defaults_need_no_argument) {
  const auto parsed = parse({});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->options.listen.hosts.front(), "127.0.0.1");
  EXPECT_EQ(parsed->options.listen.port, 0);
  EXPECT_EQ(parsed->options.threads, 1u);
  EXPECT_EQ(parsed->options.responder.early_grace, std::chrono::milliseconds(100));
}

TEST(Options, every_option_lands_where_it_belongs) {
  const auto parsed = parse({"--listen",
                             "0.0.0.0:81",
                             "--any-address",
                             "--port-file",
                             "p",
                             "--threads=2",
                             "--parent-death",
                             "--folder",
                             "/d",
                             "--index-files",
                             "9",
                             "--spread",
                             "8",
                             "--robots",
                             "r",
                             "--stats-file",
                             "s",
                             "--log",
                             "l",
                             "--early-grace",
                             "0",
                             "--quota",
                             "5",
                             "--seed",
                             "7"});
  ASSERT_TRUE(parsed);
  const auto& o = parsed->options;
  EXPECT_EQ(o.listen.port, 81);
  EXPECT_EQ(o.output.port_file + o.output.stats_file + o.output.log_file, "psl");
  EXPECT_EQ(o.threads, 2u);
  EXPECT_EQ(o.lifetime, Lifetime::until_parent_ends);
  EXPECT_EQ(o.site.folder + o.site.robots_file, "/dr");
  EXPECT_EQ(o.site.index_files * 10 + o.site.spread, 98u);
  EXPECT_EQ(o.responder.early_grace.count(), 0);
  EXPECT_EQ(o.responder.quota, 5u);
  EXPECT_EQ(o.responder.seed, 7u);
}

TEST(Options, limits_in_both_forms) {
  const auto parsed =
      parse({"--limit", "/s?concurrency=2&key=host", "--limit-rate", "50/s", "--limit-window",
             "100ms", "--limit-concurrency", "3", "--limit-key", "ip", "--limit-path", "/x",
             "--limit-retry", "date", "--limit-announce", "x"});
  ASSERT_TRUE(parsed);
  const auto& limits = parsed->options.responder.limits;
  ASSERT_EQ(limits.size(), 2u);
  EXPECT_EQ(limits[0].path, "/x");
  EXPECT_EQ(limits[0].concurrency, 3u);
  EXPECT_EQ(limits[0].retry_form, RetryForm::date);
  EXPECT_EQ(limits[1].path, "/s");
  EXPECT_NE(refusal({"--limit-key", "ip"}), "(accepted)");
}

TEST(Options, behaviours_are_options_too) {
  const auto parsed =
      parse({"--delay", "20ms", "--fail-kinds=503", "--gzip", "--on", "/files?fail=2%"});
  ASSERT_TRUE(parsed);
  const auto& rules = parsed->options.responder.behaviours;
  ASSERT_EQ(rules.size(), 4u);
  EXPECT_EQ(rules[1].params[0].name, "fail_kinds");
  EXPECT_EQ(rules[2].params[0].value, "");
  EXPECT_EQ(rules[3].path, "/files");
  EXPECT_EQ(rules[3].params[0].value, "2%");
}

TEST(Options, errors_name_the_option) {
  EXPECT_EQ(refusal({"--boom"}), "--boom: unknown option, see --help");
  EXPECT_EQ(refusal({"--seed"}), "--seed: a value is missing");
  EXPECT_EQ(refusal({"--parent-death=1"}), "--parent-death: takes no value");
  EXPECT_EQ(refusal({"--threads", "0"}),
            "--threads: not a number of threads between 1 and 64: '0'");
  for (const auto* bad : {"x", "--", "-h", "--listen=1.2.3.4:80", "--folder=", "--on=/x",
                          "--on=x?hang", "--on=/x?boom=1", "--delay=5", "--limit=/"}) {
    EXPECT_NE(refusal({bad}), "(accepted)") << bad;
  }
}

TEST(Options, help_wins_over_what_follows) {
  EXPECT_EQ(parse({"--help", "--boom"})->action, Action::show_help);
  EXPECT_EQ(parse({"--version"})->action, Action::show_version);
}

}  // namespace
}  // namespace penstock::lab
