// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/run_place.h"

#include <gtest/gtest.h>

#include <fstream>

#include "os/temp_folder.h"

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;

class RunPlaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    temp_.emplace(std::move(*os::TempFolder::create(::testing::TempDir())));
    folder_ = temp_->path();
  }

  void make_run(const std::string& name) {
    fs::create_directory(folder_ / name);
    std::ofstream(folder_ / name / "ledger.db") << "x";
  }

  std::optional<os::TempFolder> temp_;
  fs::path folder_;
};

TEST_F(RunPlaceTest, StandsBesideItsJob) {
  EXPECT_EQ(place_of_job("/data/pages.toml", {}).folder, "/data/pages.run");
  EXPECT_EQ(place_of_job("/data/pages.toml", "/tmp/x").folder, "/tmp/x");
  EXPECT_EQ(place_of_job("/data/pages.toml", {}).name, "/data/pages");
  EXPECT_EQ(place_of_job(fs::current_path() / "a/pages.toml", {}).name, "a/pages");
}

TEST_F(RunPlaceTest, IsFoundByFolderJobOrName) {
  make_run("pages.run");
  for (const char* word : {"pages.run", "pages", "pages.toml", "./pages.run/"}) {
    const auto found = find_run((folder_ / word).string());
    ASSERT_TRUE(found) << word;
    EXPECT_EQ(found->folder.filename().empty() ? found->folder.parent_path() : found->folder,
              folder_ / "pages.run")
        << word;
  }
}

TEST_F(RunPlaceTest, AMissingOneNamesTheNearest) {
  make_run("pages.run");
  const std::string prefix = (folder_ / "").string();
  const auto found = find_run(prefix + "pgaes");
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("`penstock list` shows all"), std::string::npos);
  EXPECT_EQ(found.error().kind, "run.missing");
}

TEST_F(RunPlaceTest, AFolderWithoutALedgerIsNoRun) {
  fs::create_directory(folder_ / "empty.run");
  make_run("b.run");
  make_run("a.run");
  ASSERT_EQ(runs_in(folder_).size(), 2U);
  EXPECT_EQ(runs_in(folder_)[0].folder, folder_ / "a.run");
  EXPECT_TRUE(runs_in(folder_ / "missing").empty());
}

}  // namespace
}  // namespace penstock::cli
