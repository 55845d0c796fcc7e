// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/command_line.h"

#include <gtest/gtest.h>

namespace penstock::cli {
namespace {

const std::vector<Option> kOptions{
    {"--limit", "-n", "N", "Only the first N."},
    {"--fresh", "", "", "Start over."},
    {"--order", "", "HOW", "The order.", Completes::words, {"input", "longest"}}};

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {.name = "run",
       .operands = {{"JOB", "the job file", Presence::required, Completes::jobs}},
       .options = kOptions},
      {.name = "list", .operands = {{"FOLDER", "where", Presence::any_number}}},
      {.name = "status"}};
  return kCommands;
}

std::string refusal(std::vector<std::string> words) {
  const Result<Invocation> parsed = parse_command_line(commands(), std::move(words));
  return parsed ? "accepted" : parsed.error().message;
}

Invocation accepted(std::vector<std::string> words) {
  Result<Invocation> parsed = parse_command_line(commands(), std::move(words));
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed ? std::move(*parsed) : Invocation{};
}

TEST(CommandLine, TakesOptionsInEveryUsualForm) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", "--limit", "7", "a.toml"},
        {"run", "--limit=7", "a.toml"},
        {"run", "a.toml", "-n", "7"},
        {"run", "-n7", "a.toml"},
        {"run", "-n", "7", "--", "a.toml"}}) {
    const Invocation invocation = accepted(words);
    EXPECT_EQ(invocation.command->name, "run");
    EXPECT_EQ(invocation.arguments.text("--limit"), "7");
    EXPECT_EQ(invocation.arguments.text("JOB"), "a.toml");
    EXPECT_FALSE(invocation.arguments.has("--fresh"));
  }
  EXPECT_TRUE(accepted({"run", "--fresh", "a.toml"}).arguments.has("--fresh"));
  EXPECT_EQ(accepted({"run", "--", "-odd.toml"}).arguments.text("JOB"), "-odd.toml");
}

TEST(CommandLine, TheLastOfRepeatedOptionsCountsAndAllAreThere) {
  const Invocation invocation = accepted({"run", "-n", "1", "a.toml", "--limit=2"});
  EXPECT_EQ(invocation.arguments.text("--limit"), "2");
  EXPECT_EQ(invocation.arguments.texts("--limit"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(invocation.arguments.text("JOB"), "a.toml");
}

TEST(CommandLine, ManyOperands) {
  EXPECT_EQ(accepted({"list", "a", "b"}).arguments.texts("FOLDER"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(accepted({"list"}).arguments.texts("FOLDER").empty());
}

TEST(CommandLine, HelpAndVersion) {
  EXPECT_EQ(accepted({}).wish, Invocation::Wish::help);
  EXPECT_EQ(accepted({"--help"}).command, nullptr);
  EXPECT_EQ(accepted({"--version"}).wish, Invocation::Wish::version);
  EXPECT_EQ(accepted({"run", "--help"}).command->name, "run");
  EXPECT_EQ(accepted({"run", "--help"}).wish, Invocation::Wish::help);
}

TEST(CommandLine, RefusalsNameTheNearest) {
  EXPECT_EQ(refusal({"rnu"}), "unknown command rnu; did you mean run?; `penstock help` lists all");
  EXPECT_EQ(refusal({"run", "a.toml", "--limt", "3"}),
            "run: unknown option --limt; did you mean --limit?");
  EXPECT_EQ(refusal({"run", "a.toml", "--zzzzzzz"}), "run: unknown option --zzzzzzz");
  EXPECT_EQ(refusal({"run"}), "run: JOB is missing: the job file");
  EXPECT_EQ(refusal({"run", "a.toml", "b.toml"}), "run: one argument too many: b.toml");
  EXPECT_EQ(refusal({"run", "a.toml", "--order", "longst"}),
            "run: --order is one of input, longest, not longst; did you mean longest?");
}

TEST(CommandLine, NumbersAreWholeAndInRange) {
  const auto whole = [](std::string text) {
    Arguments arguments;
    arguments.add("--workers", std::move(text));
    const auto number = arguments.whole("--workers", 1, 1024);
    return number ? std::to_string(number->value()) : number.error().message;
  };
  EXPECT_EQ(whole("8"), "8");
  for (const char* text :
       {"0", "-1", "1e3", "1000000000", "x", "", "8 ", "99999999999999999999999"})
    EXPECT_EQ(whole(text),
              std::string("--workers takes a whole number from 1 to 1024, not ") + text);
}

}  // namespace
}  // namespace penstock::cli
