// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// posix_spawn, since the test programs have no threads to disturb but much memory to copy.
#include "job_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "os/temp_folder.h"

namespace penstock::fault {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_of(const Launch& launch) {
  std::vector<std::string> environment = launch.settings;
  if (environment.empty()) return environment;
  environment.push_back("PENSTOCK_SHIM_FOLDER=" + launch.directory.string());
  environment.emplace_back("LD_PRELOAD=" PENSTOCK_DISK_SHIM);
  // A sanitizer wants to be loaded first; behind the shim it is found just as well.
  environment.emplace_back("ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0");
  return environment;
}

void feed(int fd, const std::vector<std::string>& pieces) {
  for (const std::string& piece : pieces) {
    // A reader that has died has read enough.
    if (::write(fd, piece.data(), piece.size()) < 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
}

}  // namespace

Ended run_to_end(const Launch& launch) {
  const auto temp = os::TempFolder::create(fast_folder());
  const std::string said = temp->path() / "said";
  std::vector<std::string> arguments = launch.arguments;
  std::vector<std::string> environment = environment_of(launch);
  int input[2] = {-1, -1};
  EXPECT_EQ(::pipe2(input, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], 0);
  posix_spawn_file_actions_addopen(&actions, 1, said.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_addchdir_np(&actions, launch.directory.c_str());
  // Here a reader that dies is no reason to die, there it may be.
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  EXPECT_EQ(posix_spawn(&pid, arguments.front().c_str(), &actions, &attributes,
                        pointers(arguments).data(), pointers(environment).data()),
            0);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(input[0]);
  feed(input[1], launch.input);
  ::close(input[1]);
  Ended ended;
  EXPECT_EQ(waitpid(pid, &ended.status, 0), pid);
  ended.said = content_of(said);
  return ended;
}

std::size_t setting(const char* name, std::size_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

std::filesystem::path fast_folder() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace penstock::fault
