// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock run` after the power went: it opens what is left, goes on to the same outputs, and
// never counts less as done than it had shown. Each single sync of the program is needed for that:
// of the ledger, of every kind of output, and of the spool of a pipe.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>

#include "pages_program_test.h"
#include "power_loss.h"

namespace penstock::fault {
namespace {

constexpr int kShards = 4;

/// The most items that an event in this text shows as done.
long done_in(const std::string& said) {
  long most = 0;
  constexpr std::string_view kMark = "\"items\":{\"done\":";
  for (auto at = said.find("\"event\":"); at != said.npos; at = said.find("\"event\":", at + 1)) {
    const auto items = said.find(kMark, at);
    if (items == said.npos) break;
    most = std::max(most, std::atol(said.c_str() + items + kMark.size()));
  }
  return most;
}

class ProgramPower : public PagesProgramTest, public PowerLoss {
 protected:
  /// Two lives, the first ended by its limit, slow enough that progress is shown.
  void record_slowly() {
    workers_ = Workers::none;
    answers_ = Answers::own;
    run_undisturbed();
    const std::filesystem::path log = temp_.path() / "log";
    const std::filesystem::path folder = fresh_folder();
    write_job(folder, Pace::slow);
    const std::vector<std::string> settings = {"PENSTOCK_SHIM_LOG=" + log.string()};
    if (input_ == Input::file) {
      ASSERT_EQ(run(folder, settings, {"--json", "--limit", "4"}).code(), 0);
    }
    const Ended ended = run(folder, settings, {"--json"});
    ASSERT_EQ(ended.code(), 0) << ended.said;
    record(read_disk_log(log));
    for (const auto& [name, held] : inodes_) {
      if (!std::filesystem::exists(folder / name)) continue;
      std::filesystem::create_hard_link(folder / name, temp_.path() / held);
    }
  }

  std::filesystem::path left_of(const DiskState& state) const {
    const std::filesystem::path folder = temp_.path() / "job";
    std::filesystem::remove_all(folder);
    make_output_folders(folder);
    // The power may take what is in a file, but not the file's number, by which its owner knows it.
    for (const auto& [name, held] : inodes_) {
      if (!state.files.contains(name)) continue;
      std::filesystem::create_hard_link(temp_.path() / held, folder / name);
    }
    state.write_to(folder);
    write_job(folder, Pace::full);
    return folder;
  }

  /// What the ledger counts; 0 if there is none.
  long done_by_ledger(const std::filesystem::path& folder) const {
    const Ended status =
        run_to_end({{PENSTOCK_PROGRAM, "status", "pages.toml", "--json"}, folder, {}, {}});
    long done = 0;
    for (const char* kind : {"\"done\":", "\"empty\":"}) {
      for (auto at = status.said.find(kind); at != std::string::npos;
           at = status.said.find(kind, at + 1)) {
        done += std::atol(status.said.c_str() + at + std::string_view(kind).size());
      }
    }
    return done;
  }

  std::string resumed_from(const DiskState& state) override {
    const std::filesystem::path folder = left_of(state);
    const auto copy = state.files.find("pages.run/job.toml");
    if (copy != state.files.end() && copy->second != job_text(Pace::slow)) {
      return "the run's copy of its job is torn";
    }
    const long shown = done_in(state.said);
    if (shown > 0 && done_by_ledger(folder) < shown) {
      return std::to_string(shown) + " were shown as done, the ledger has " +
             std::to_string(done_by_ledger(folder));
    }
    return goes_on(folder);
  }

  virtual std::string goes_on(const std::filesystem::path& folder) { return resumed(folder); }

  const std::map<std::string, std::string> inodes_ = {{"out/jsonl/pages.jsonl", "jsonl.inode"},
                                                      {"out/csv/pages.csv", "csv.inode"}};
  const std::size_t states_ = setting("PENSTOCK_FAULT_STATES", 800);
};

class PagesPower : public ProgramPower, public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override { record_slowly(); }
  const std::size_t shard_ = static_cast<std::size_t>(GetParam());
};

TEST_P(PagesPower, NothingShownAsDoneIsLost) {
  EXPECT_EQ(try_states(shard_, kShards, states_), "");
}

TEST_P(PagesPower, EverySyncIsNeeded) {
  std::vector<std::string> found = needless(shard_, kShards, 300);
  // That of the private folder's name shows only between the first file's rename and the sync that
  // follows it: a few changes among a thousand, too rare to wait for.
  std::erase_if(found, [](const auto& who) { return who.ends_with(" of out/files/texts"); });
  EXPECT_EQ(found, std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Shard, PagesPower, ::testing::Range(0, kShards));

/// The rest of a pipe is gone with its reader: what was read is finished, and that is said.
class PipePower : public ProgramPower {
 protected:
  void SetUp() override {
    input_ = Input::pipe;
    record_slowly();
  }

  std::string goes_on(const std::filesystem::path& folder) override {
    const Ended ended =
        run_to_end({{PENSTOCK_PROGRAM, "run", "pages.toml", "--inline"}, folder, {}, {}});
    constexpr int kInputIncomplete = 5;
    if (ended.code() != 0 && ended.code() != kInputIncomplete) return ended.said;
    const std::vector<std::string> found = outputs_in(folder)["pages.jsonl"];
    const std::vector<std::string>& wanted = whole_["pages.jsonl"];
    if (!std::includes(wanted.begin(), wanted.end(), found.begin(), found.end())) {
      return "there are other rows";
    }
    // Nothing was read of an input, or all of it was: then that is everything.
    const bool is_all = found.empty() || found == wanted;
    return ended.code() == 0 && !is_all ? "something is missing, and it is not said" : "";
  }
};

TEST_F(PipePower, NothingShownAsDoneIsLost) { EXPECT_EQ(try_states(0, 1, states_ / 2), ""); }

TEST_F(PipePower, EverySyncOfTheSpoolIsNeeded) {
  for (const std::string& needless : needless(0, 1, 300)) {
    EXPECT_EQ(needless.find("stdin.spool"), std::string::npos) << needless;
  }
}

}  // namespace
}  // namespace penstock::fault
