// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/commands.h"

#include <gtest/gtest.h>

#include <set>

namespace penstock::cli {
namespace {

struct Said {
  ExitCode code = ExitCode::bug;
  std::string out;
  std::string err;
};

Said run(std::vector<std::string> words) {
  Said said;
  Channel out{.write = [&said](std::string_view text) {
    said.out += text;
    return 0;
  }};
  Channel err{.write = [&said](std::string_view text) {
    said.err += text;
    return 0;
  }};
  Console console(out, err, [](std::string_view) { return std::nullopt; });
  said.code = run_command_line(std::move(words), console);
  return said;
}

TEST(Commands, HelpGoesToOutAndIsTheSameBothWays) {
  EXPECT_EQ(run({"help", "help"}).out, run({"help", "--help"}).out);
  EXPECT_EQ(run({"help"}).out, run({}).out);
  EXPECT_EQ(run({"--version"}).code, ExitCode::done);
  EXPECT_TRUE(run({"--version"}).out.starts_with("penstock 0."));
}

TEST(Commands, WrongWordsAreRefusedOnErr) {
  const Said said = run({"hlep"});
  EXPECT_EQ(said.code, ExitCode::usage);
  EXPECT_EQ(said.out, "");
  EXPECT_EQ(said.err,
            "penstock: unknown command hlep; did you mean help?; `penstock help` lists all\n");
  EXPECT_EQ(run({"help", "fyl"}).code, ExitCode::usage);
}

TEST(Commands, HostileWordsCannotCommandTheTerminal) {
  EXPECT_EQ(run({"\x1b[2J"}).err.find('\x1b'), std::string::npos);
}

TEST(Commands, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const Command& command : all_commands())
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
}

}  // namespace
}  // namespace penstock::cli
