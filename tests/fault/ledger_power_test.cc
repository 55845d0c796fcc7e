// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledger after the power went: nothing that was acknowledged is lost, the job goes on to the
// same end, and each single sync is needed for that.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "ledger_job_test.h"
#include "power_loss.h"

namespace penstock::fault {
namespace {

constexpr int kShards = 2;

/// A shard of the states.
class LedgerPower : public LedgerJobTest,
                    public PowerLoss,
                    public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    LedgerJobTest::SetUp();
    const std::filesystem::path log = temp_.path() / "log";
    ASSERT_EQ(run_job(fresh_folder(), {"PENSTOCK_SHIM_LOG=" + log.string()}).code(), 0);
    record(read_disk_log(log));
    // The power may take what is in a file, but not the file's number, by which its owner knows it.
    std::filesystem::create_hard_link(temp_.path() / "run/out/out.jsonl", output_);
  }

  std::string resumed_from(const DiskState& state) override {
    const std::filesystem::path folder = fresh_folder();
    if (state.files.contains("out/out.jsonl")) {
      std::filesystem::create_hard_link(output_, folder / "out/out.jsonl");
    }
    state.write_to(folder);
    std::ofstream(folder / "acks", std::ios::binary) << state.acknowledged;
    return resumed(folder);
  }

  const std::size_t states_ = setting("PENSTOCK_FAULT_STATES", 1200);
  std::filesystem::path output_ = temp_.path() / "out.inode";
};

TEST_P(LedgerPower, NothingAcknowledgedIsLost) {
  EXPECT_EQ(try_states(static_cast<std::size_t>(GetParam()), kShards, states_), "");
}

TEST_P(LedgerPower, EverySyncIsNeeded) {
  EXPECT_EQ(needless(static_cast<std::size_t>(GetParam()), kShards, 400),
            std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Shard, LedgerPower, ::testing::Range(0, kShards));

}  // namespace
}  // namespace penstock::fault
