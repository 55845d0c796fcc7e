// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/temp_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace penstock::os {
namespace {

TEST(TempFolder, IsPrivateAndGoesWithItsContents) {
  std::filesystem::path path;
  {
    auto folder = TempFolder::create(std::filesystem::temp_directory_path());
    ASSERT_TRUE(folder);
    path = folder->path();
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
    std::filesystem::create_directory(path / "sub");
    std::ofstream(path / "sub" / "file") << "x";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TempFolder, SaysWhereItCouldNotBeMade) {
  const auto folder = TempFolder::create("/nowhere");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message, "create /nowhere: No such file or directory");
}

}  // namespace
}  // namespace penstock::os
