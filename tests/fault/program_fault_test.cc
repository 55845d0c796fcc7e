// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock run` under faults of the disk that has its run and its outputs: killed before any
// change there, the disk full, the disk failing. It never ends well with something missing, says
// where it failed, and the same command then goes on to the same outputs.
//
//     PENSTOCK_FAULT_EVERY   every how many changes a fault is tried (default 10)
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "pages_program_test.h"

namespace penstock::fault {
namespace {

constexpr int kExitSystem = 6;

/// SQLite forgets why it could not make its second and third file.
constexpr const char* kNotCreated = "unable to open database file";
constexpr const char* kNotMapped = "disk I/O error";

class ProgramFault : public PagesProgramTest {
 protected:
  void SetUp() override { run_undisturbed(); }

  /// Everything fails from this change on; what is wrong with how that ended.
  std::string failing_from(std::uint64_t at, int error_number,
                           const std::vector<std::string>& words) {
    const std::filesystem::path folder = fresh_folder();
    const Ended ended = run(folder, {"PENSTOCK_SHIM_FAIL_AT=" + std::to_string(at),
                                     "PENSTOCK_SHIM_ERRNO=" + std::to_string(error_number)});
    std::string wrong;
    if (ended.code() != kExitSystem) wrong += "exit code " + std::to_string(ended.code()) + "; ";
    const auto is_said = [&](const std::string& word) {
      return ended.said.find(word) != word.npos;
    };
    if (std::none_of(words.begin(), words.end(), is_said)) wrong += "it does not say why; ";
    if (ended.said.find("/job") == std::string::npos) wrong += "it does not say where; ";
    if (!wrong.empty()) wrong += "it said: " + ended.said;
    const std::string after = resumed(folder);
    if (!after.empty()) wrong += "; then: " + after;
    return wrong;
  }

  const std::size_t every_ = setting("PENSTOCK_FAULT_EVERY", 10);
};

TEST_F(ProgramFault, KilledBeforeAnyChangeItGoesOn) {
  for (std::uint64_t at = 1; at <= changes_; at += every_) {
    const std::filesystem::path folder = fresh_folder();
    const Ended ended = run(folder, {"PENSTOCK_SHIM_KILL_AT=" + std::to_string(at)});
    // How many changes there are depends on how many commits share the work.
    if (!ended.was_killed()) {
      ASSERT_GT(at, changes_ / 2) << ended.said;
      ASSERT_EQ(ended.code(), 0) << ended.said;
    }
    ASSERT_EQ(resumed(folder), "") << "killed before change " << at << " of " << changes_;
  }
}

TEST_F(ProgramFault, AFullDiskStopsItAndLosesNothing) {
  for (std::uint64_t at = 2; at <= changes_ / 4 * 3; at += every_) {
    ASSERT_EQ(failing_from(at, ENOSPC, {"o space left on device (", kNotCreated, kNotMapped}), "")
        << "full from change " << at << " of " << changes_;
  }
}

TEST_F(ProgramFault, AFailingDiskStopsItAndLosesNothing) {
  for (std::uint64_t at = 3; at <= changes_ / 4 * 3; at += every_) {
    ASSERT_EQ(failing_from(at, EIO, {"nput/output error", "I/O error", kNotCreated}), "")
        << "failing from change " << at << " of " << changes_;
  }
}

}  // namespace
}  // namespace penstock::fault
