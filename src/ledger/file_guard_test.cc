// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/file_guard.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "os/temp_folder.h"

namespace penstock::ledger {
namespace {

class FileGuardTest : public ::testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) {
    auto file = os::File::open(folder_ / name, os::FileMode::update_or_create);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->truncate(0));
    ASSERT_TRUE(file->write_all(text));
  }
  std::string verdict() {
    const Status outcome = guard_.check();
    return outcome ? "fine" : outcome.error().message.substr(folder_.native().size() + 1);
  }

  os::TempFolder temp_ = std::move(*os::TempFolder::create(std::filesystem::temp_directory_path()));
  std::filesystem::path folder_ = temp_.path();
  FileGuard guard_;
};

TEST_F(FileGuardTest, AFileMayGrow) {
  write("a", "1");
  ASSERT_TRUE(guard_.watch(folder_ / "a", FileGuard::Growth::only_grows));
  write("a", "12");
  EXPECT_EQ(verdict(), "fine");
}

TEST_F(FileGuardTest, ACutFileIsNoticed) {
  write("a", "12");
  ASSERT_TRUE(guard_.watch(folder_ / "a", FileGuard::Growth::only_grows));
  write("a", "1");
  EXPECT_EQ(verdict(), "a was cut while the run was using it");
}

TEST_F(FileGuardTest, ACutIsJudgedByTheLatestSize) {
  write("a", "1");
  ASSERT_TRUE(guard_.watch(folder_ / "a", FileGuard::Growth::only_grows));
  write("a", "123");
  EXPECT_EQ(verdict(), "fine");
  write("a", "12");
  EXPECT_EQ(verdict(), "a was cut while the run was using it");
}

TEST_F(FileGuardTest, SomeFilesMayBeCut) {
  write("a", "12");
  ASSERT_TRUE(guard_.watch(folder_ / "a", FileGuard::Growth::free));
  write("a", "1");
  EXPECT_EQ(verdict(), "fine");
}

TEST_F(FileGuardTest, ARemovedFileIsNoticed) {
  write("a", "1");
  ASSERT_TRUE(guard_.watch(folder_ / "a", FileGuard::Growth::free));
  std::filesystem::remove(folder_ / "a");
  EXPECT_EQ(verdict(), "a was removed while the run was using it");
}

TEST_F(FileGuardTest, AReplacedFileIsNoticed) {
  write("a", "1");
  ASSERT_TRUE(guard_.watch(folder_ / "a", FileGuard::Growth::free));
  write("b", "1");
  std::filesystem::rename(folder_ / "b", folder_ / "a");
  EXPECT_EQ(verdict(), "a was replaced while the run was using it");
}

TEST_F(FileGuardTest, AFileMayComeLater) {
  ASSERT_TRUE(guard_.watch(folder_ / "a", FileGuard::Growth::free));
  EXPECT_EQ(verdict(), "fine");
  write("a", "1");
  EXPECT_EQ(verdict(), "fine");
  std::filesystem::remove(folder_ / "a");
  EXPECT_EQ(verdict(), "a was removed while the run was using it");
}

}  // namespace
}  // namespace penstock::ledger
