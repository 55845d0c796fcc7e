// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/completion.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/commands.h"
#include "os/temp_folder.h"

namespace penstock::cli {
namespace {

/// Runs bash on a script that stands in `folder`; its output goes to a file there.
int run_bash(const std::filesystem::path& folder) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int out = ::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execlp("bash", "bash", "--norc", (folder / "script").c_str(), nullptr);
    ::_exit(127);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

/// What bash offers for the word at `index`.
std::string offered_by_bash(const std::string& words, int index) {
  auto folder = os::TempFolder::create(std::filesystem::temp_directory_path());
  EXPECT_TRUE(folder);
  std::ofstream(folder->path() / "script")
      << bash_completion(all_commands()) << "COMP_WORDS=(" << words << ")\nCOMP_CWORD=" << index
      << "\n_penstock\nprintf '%s ' \"${COMPREPLY[@]}\"\n";
  EXPECT_EQ(run_bash(folder->path()), 0) << words;
  std::ostringstream text;
  text << std::ifstream(folder->path() / "out").rdbuf();
  return text.str();
}

TEST(Completion, BashOffersCommandsOptionsAndValues) {
  EXPECT_EQ(offered_by_bash("penstock comp", 1), "completion ");
  EXPECT_EQ(offered_by_bash("penstock completion ''", 2), "bash zsh ");
  EXPECT_EQ(offered_by_bash("penstock help com", 2), "completion ");
  EXPECT_EQ(offered_by_bash("penstock completion --h", 2), "--help ");
}

TEST(Completion, TheScriptsInTheTreeAreTheseScripts) {
  const auto text_of = [](const char* name) {
    std::ostringstream text;
    text << std::ifstream(std::filesystem::path("scripts/completion") / name).rdbuf();
    return text.str();
  };
  EXPECT_EQ(text_of("penstock.bash"), bash_completion(all_commands()));
  EXPECT_EQ(text_of("_penstock"), zsh_completion(all_commands()));
}

TEST(Completion, ZshNamesEveryCommandAndOption) {
  const std::string script = zsh_completion(all_commands());
  EXPECT_TRUE(script.starts_with("#compdef penstock\n"));
  for (const Command& command : all_commands()) {
    EXPECT_NE(script.find("'" + std::string(command.name) + ":"), script.npos) << command.name;
    for (const Option& option : command.options)
      EXPECT_NE(script.find("'" + std::string(option.name)), script.npos) << option.name;
  }
}

}  // namespace
}  // namespace penstock::cli
