// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/help.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/commands.h"
#include "report/safe_text.h"

namespace penstock::cli {
namespace {

/// Lines of prose wider than the page; examples are commands and stay whole.
std::string too_wide(const std::string& page, std::size_t columns) {
  std::istringstream lines(page);
  std::string wide;
  for (std::string line; std::getline(lines, line);)
    if (report::columns_of(line) > columns && line.find("penstock ") == line.npos)
      wide += line + "\n";
  return wide;
}

TEST(Help, FitsEveryWidth) {
  for (const std::size_t columns : {40U, 60U, 80U, 200U}) {
    const report::Style style{.columns = columns};
    EXPECT_EQ(too_wide(overview(all_commands(), style), columns), "") << columns;
    for (const Command& command : all_commands())
      EXPECT_EQ(too_wide(help_page(command, style), columns), "") << command.name << columns;
  }
}

TEST(Help, EveryCommandIsExplained) {
  for (const Command& command : all_commands()) {
    const std::string page = help_page(command, {});
    for (const char* section :
         {"NAME\n", "SYNOPSIS\n", "DESCRIPTION\n", "OPTIONS\n", "EXAMPLES\n", "EXIT CODES\n"})
      EXPECT_NE(page.find(section), page.npos) << command.name << " lacks " << section;
    EXPECT_FALSE(command.summary.ends_with('.')) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
    for (const Option& option : command.options) {
      EXPECT_TRUE(option.name.starts_with("--")) << option.name;
      EXPECT_TRUE(option.help.ends_with('.')) << command.name << option.name;
    }
    for (const Operand& operand : command.operands)
      EXPECT_TRUE(operand.help.ends_with('.')) << command.name << operand.name;
  }
}

/// The text of a page of the manual.
std::string manual(const char* name) {
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path("docs/manual") / name).rdbuf();
  return text.str();
}

TEST(Help, TheManualSaysTheSame) {
  const std::string commands = manual("commands.md");
  for (const Command& command : all_commands()) {
    const std::string row =
        "| `" + std::string(command.name) + "` | " + std::string(command.summary) + " |\n";
    EXPECT_NE(commands.find(row), commands.npos) << row;
  }
  const std::string codes = manual("exit-codes.md");
  for (const ExitMeaning& exit : exit_meanings()) {
    const std::string row = "| " + std::to_string(static_cast<int>(exit.code)) + " | " +
                            std::string(exit.meaning) + " |\n";
    EXPECT_NE(codes.find(row), codes.npos) << row;
  }
}

TEST(Help, APageReadsLikeAManualPage) {
  const Command command{.name = "fly",
                        .summary = "move through the air",
                        .description = "Flies.",
                        .operands = {{"PLACE", "Where to."}},
                        .options = {{"--height", "-y", "M", "How high."}},
                        .examples = {{"penstock fly home", "Goes home."}},
                        .exits = {ExitCode::done, ExitCode::usage}};
  EXPECT_EQ(help_page(command, {.columns = 80}),
            "NAME\n"
            "       penstock fly - move through the air\n"
            "\nSYNOPSIS\n"
            "       penstock fly [OPTION]... PLACE\n"
            "\nDESCRIPTION\n"
            "       Flies.\n"
            "\nARGUMENTS\n"
            "       PLACE\n"
            "           Where to.\n"
            "\nOPTIONS\n"
            "       -y, --height=M\n"
            "           How high.\n"
            "       -h, --help\n"
            "           Show this page.\n"
            "\nEXAMPLES\n"
            "       penstock fly home\n"
            "           Goes home.\n"
            "\nEXIT CODES\n"
            "        0    everything is done\n"
            "        2    the command line or the job file is wrong; nothing was started\n");
}

}  // namespace
}  // namespace penstock::cli
