// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledger under faults: killed before any change on the disk, and with a full or failing disk.
// Whatever happens: nothing that was acknowledged is lost, nothing stands twice,
// and the output of the resumed job is that of an undisturbed one.
//
//     PENSTOCK_FAULT_STEP     every how many changes a fault is tried (default 5)
#include <gtest/gtest.h>
#include <penstock/clock.h>

#include <cerrno>
#include <cstdlib>

#include "ledger_job_test.h"

namespace penstock::fault {
namespace {

class LedgerFault : public LedgerJobTest {
 protected:
  /// It said that it failed, or nothing is missing: the fault came when all was done.
  bool is_honest(const Ended& ended, const std::filesystem::path& folder) const {
    if (ended.code() == 3) return true;
    return ended.code() == 0 && sorted_lines(content_of(folder / "out/out.jsonl")) == whole_;
  }

  std::string errno_setting(int number) const {
    return "PENSTOCK_SHIM_ERRNO=" + std::to_string(number);
  }

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
    ASSERT_EQ(content_of(folder / "out/out.jsonl"), whole) << "round " << round;
  }
}

}  // namespace
}  // namespace penstock::fault
