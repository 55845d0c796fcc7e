// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledger under faults: killed before any change on the disk, with a full or failing disk, and
// after power loss. Whatever happens: nothing that was acknowledged is lost, nothing stands twice,
// and the output of the resumed job is that of an undisturbed one.
//
//     PENSTOCK_FAULT_STEP     every how many changes a fault is tried (default 5)
//     PENSTOCK_FAULT_STATES   how many states after a power loss are tried (default 1000)
#include <fcntl.h>
#include <gtest/gtest.h>
#include <penstock/clock.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "disk_states.h"
#include "os/temp_folder.h"

namespace penstock::fault {
namespace {

std::size_t setting(const char* name, std::size_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// Where syncs cost nothing: what they mean is modelled, not waited for.
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

struct Ended {
  int status = 0;  ///< As from waitpid().
  std::string said;

  bool was_killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
  int code() const { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
};

class LedgerFault : public ::testing::Test {
 protected:
  void SetUp() override { whole_ = sorted_lines(undisturbed()); }

  std::filesystem::path fresh_folder() {
    const std::filesystem::path folder = temp_.path() / "run";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    return folder;
  }

  /// Run the job there; with these settings of the shim, or without it.
  Ended run_job(const std::filesystem::path& folder, std::vector<std::string> settings = {}) {
    const std::string said = temp_.path() / "said";
    if (!settings.empty()) {
      settings.push_back("PENSTOCK_SHIM_FOLDER=" + folder.string());
      settings.push_back("LD_PRELOAD=" PENSTOCK_DISK_SHIM);
      // A sanitizer wants to be loaded first; behind the shim it is found just as well.
      settings.push_back("ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0");
    }
    std::vector<char*> environment;
    for (std::string& one : settings) environment.push_back(one.data());
    environment.push_back(nullptr);
    std::string program = PENSTOCK_LEDGER_JOB;
    std::string argument = folder;
    std::string order = "source";
    char* const arguments[] = {program.data(), argument.data(),
                               in_source_order_ ? order.data() : nullptr, nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = 0;
    EXPECT_EQ(posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments, environment.data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    Ended ended;
    EXPECT_EQ(waitpid(pid, &ended.status, 0), pid);
    ended.said = content_of(said);
    return ended;
  }

  std::string undisturbed() {
    const std::filesystem::path folder = fresh_folder();
    const std::filesystem::path count = temp_.path() / "count";
    const Ended ended = run_job(folder, {"PENSTOCK_SHIM_COUNT=" + count.string()});
    EXPECT_EQ(ended.code(), 0) << ended.said;
    changes_ = std::strtoull(content_of(count).c_str(), nullptr, 10);
    EXPECT_GT(changes_, 100U);
    return content_of(folder / "out.jsonl");
  }

  /// Why the job cannot be resumed there as if nothing had happened; empty if it can.
  std::string resumed(const std::filesystem::path& folder) {
    const Ended ended = run_job(folder);
    if (ended.code() != 0) return ended.said.empty() ? "it died" : ended.said;
    return sorted_lines(content_of(folder / "out.jsonl")) == whole_ ? "" : "other output";
  }

  /// It said that it failed, or nothing is missing: the fault came when all was done.
  bool is_honest(const Ended& ended, const std::filesystem::path& folder) const {
    if (ended.code() == 3) return true;
    return ended.code() == 0 && sorted_lines(content_of(folder / "out.jsonl")) == whole_;
  }

  std::string errno_setting(int number) const {
    return "PENSTOCK_SHIM_ERRNO=" + std::to_string(number);
  }

  bool in_source_order_ = false;
  os::TempFolder temp_ = std::move(*os::TempFolder::create(fast_folder()));
  std::vector<std::string> whole_;
  std::uint64_t changes_ = 0;
  const std::size_t step_ = setting("PENSTOCK_FAULT_STEP", 5);
};

TEST_F(LedgerFault, KilledBeforeAnyChangeItGoesOn) {
  for (std::uint64_t at = 1; at <= changes_; at += step_) {
    const std::filesystem::path folder = fresh_folder();
    const Ended ended = run_job(folder, {"PENSTOCK_SHIM_KILL_AT=" + std::to_string(at)});
    ASSERT_TRUE(ended.was_killed()) << "at change " << at << ": " << ended.said;
    ASSERT_EQ(resumed(folder), "") << "killed before change " << at;
  }
}

TEST_F(LedgerFault, KilledAgainAndAgainItGoesOn) {
  Random random(1);
  for (int round = 0; round < 10; ++round) {
    const std::filesystem::path folder = fresh_folder();
    for (int kill = 0; kill < 4; ++kill) {
      const std::uint64_t at = 1 + random.next() % changes_;
      run_job(folder, {"PENSTOCK_SHIM_KILL_AT=" + std::to_string(at)});
    }
    ASSERT_EQ(resumed(folder), "") << "round " << round;
  }
}

TEST_F(LedgerFault, AFullDiskStopsItAndLosesNothing) {
  for (std::uint64_t at = 2; at <= changes_; at += step_) {
    const std::filesystem::path folder = fresh_folder();
    const Ended ended =
        run_job(folder, {"PENSTOCK_SHIM_FAIL_AT=" + std::to_string(at), errno_setting(ENOSPC)});
    ASSERT_TRUE(is_honest(ended, folder)) << "at change " << at << ": " << ended.said;
    ASSERT_EQ(resumed(folder), "") << "full from change " << at;
  }
}

TEST_F(LedgerFault, AFailingDiskStopsItAndLosesNothing) {
  for (std::uint64_t at = 3; at <= changes_; at += step_) {
    const std::filesystem::path folder = fresh_folder();
    const Ended ended =
        run_job(folder, {"PENSTOCK_SHIM_FAIL_AT=" + std::to_string(at), errno_setting(EIO)});
    ASSERT_TRUE(is_honest(ended, folder)) << "at change " << at << ": " << ended.said;
    ASSERT_EQ(resumed(folder), "") << "failing from change " << at;
  }
}

TEST_F(LedgerFault, InTheOrderOfTheSourceTheFileIsTheSameByteByByte) {
  in_source_order_ = true;
  const std::string whole = undisturbed();
  Random random(2);
  for (int round = 0; round < 20; ++round) {
    const std::filesystem::path folder = fresh_folder();
    for (int kill = 0; kill < 3; ++kill) {
      const std::uint64_t at = 1 + random.next() % changes_;
      run_job(folder, {"PENSTOCK_SHIM_KILL_AT=" + std::to_string(at)});
    }
    ASSERT_EQ(resumed(folder), "") << "round " << round;
    ASSERT_EQ(content_of(folder / "out.jsonl"), whole) << "round " << round;
  }
}

class PowerLoss : public LedgerFault {
 protected:
  void SetUp() override {
    LedgerFault::SetUp();
    const std::filesystem::path log = temp_.path() / "log";
    ASSERT_EQ(run_job(fresh_folder(), {"PENSTOCK_SHIM_LOG=" + log.string()}).code(), 0);
    log_ = read_disk_log(log);
    // The power may take what is in a file, but not the file's number, by which its owner knows it.
    std::filesystem::create_hard_link(temp_.path() / "run" / "out.jsonl", output_);
    ASSERT_GT(log_.size(), changes_);
  }

  /// Why the job cannot go on after this loss of power; empty if it can.
  std::string after_loss(std::uint64_t seed, const Honest& honest) {
    Random random(seed);
    const std::size_t at = random.next() % (log_.size() + 1);
    const DiskState state = state_after(log_, at, random.next(), honest);
    const std::filesystem::path folder = fresh_folder();
    if (state.files.contains("out.jsonl")) {
      std::filesystem::create_hard_link(output_, folder / "out.jsonl");
    }
    state.write_to(folder);
    std::ofstream(folder / "acks", std::ios::binary) << state.acknowledged;
    const std::string reason = resumed(folder);
    return reason.empty() ? ""
                          : "the power went behind change " + std::to_string(at) + ": " + reason;
  }

  /// How many of the states show that syncs of these names do nothing.
  std::size_t found_without_syncs_of(const std::string& part) {
    std::size_t found = 0;
    const std::size_t states = setting("PENSTOCK_FAULT_STATES", 1000);
    for (std::uint64_t seed = 0; seed < states && found == 0; ++seed) {
      const auto honest = [&](const std::string& name) {
        return part == "." ? name != "." : name.find(part) == std::string::npos;
      };
      if (!after_loss(seed, honest).empty()) ++found;
    }
    return found;
  }

  std::vector<LoggedChange> log_;
  std::filesystem::path output_ = temp_.path() / "out.inode";
};

TEST_F(PowerLoss, NothingAcknowledgedIsLost) {
  const std::size_t states = setting("PENSTOCK_FAULT_STATES", 1000);
  for (std::uint64_t seed = 0; seed < states; ++seed) {
    ASSERT_EQ(after_loss(seed, [](const std::string&) { return true; }), "") << "seed " << seed;
  }
}

/// The test above would find each of these syncs missing.
TEST_F(PowerLoss, EverySyncIsNeeded) {
  EXPECT_GT(found_without_syncs_of("ledger.db-wal"), 0U);
  EXPECT_GT(found_without_syncs_of(".seg"), 0U);
  EXPECT_GT(found_without_syncs_of("segments"), 0U);
  EXPECT_GT(found_without_syncs_of("out.jsonl"), 0U);
  EXPECT_GT(found_without_syncs_of("."), 0U) << "the folder's";
}

TEST_F(PowerLoss, TheDatabaseIsSyncedBeforeItsWalGoes) {
  const auto without_database = [](const std::string& name) { return name != "ledger.db"; };
  std::size_t found = 0;
  for (std::uint64_t seed = 0; seed < setting("PENSTOCK_FAULT_STATES", 1000) && found == 0;
       ++seed) {
    if (!after_loss(seed, without_database).empty()) ++found;
  }
  EXPECT_GT(found, 0U);
}

}  // namespace
}  // namespace penstock::fault
