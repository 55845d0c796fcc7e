// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledger's job for the fault tests, and what it gives when nothing disturbs it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "job_process.h"
#include "os/temp_folder.h"

namespace penstock::fault {

class LedgerJobTest : public ::testing::Test {
 protected:
  void SetUp() override { whole_ = sorted_lines(undisturbed()); }

  std::filesystem::path fresh_folder() {
    const std::filesystem::path folder = temp_.path() / "run";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "out");
    return folder;
  }

  /// Run the job there; with these settings of the shim, or without it.
  Ended run_job(const std::filesystem::path& folder, std::vector<std::string> settings = {}) {
    std::vector<std::string> arguments = {PENSTOCK_LEDGER_JOB, folder};
    if (in_source_order_) arguments.emplace_back("source");
    return run_to_end({std::move(arguments), folder, std::move(settings), {}});
  }

  std::string undisturbed() {
    const std::filesystem::path folder = fresh_folder();
    const std::filesystem::path count = temp_.path() / "count";
    const Ended ended = run_job(folder, {"PENSTOCK_SHIM_COUNT=" + count.string()});
    EXPECT_EQ(ended.code(), 0) << ended.said;
    changes_ = std::strtoull(content_of(count).c_str(), nullptr, 10);
    EXPECT_GT(changes_, 100U);
    return content_of(folder / "out/out.jsonl");
  }

  /// Why the job cannot be resumed there as if nothing had happened; empty if it can.
  std::string resumed(const std::filesystem::path& folder) {
    const Ended ended = run_job(folder);
    if (ended.code() != 0) return ended.said.empty() ? "it died" : ended.said;
    return sorted_lines(content_of(folder / "out/out.jsonl")) == whole_ ? "" : "other output";
  }

  bool in_source_order_ = false;
  os::TempFolder temp_ = std::move(*os::TempFolder::create(fast_folder()));
  std::vector<std::string> whole_;
  std::uint64_t changes_ = 0;
};

}  // namespace penstock::fault
