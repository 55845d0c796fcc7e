// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Only kept bodies have a name.
#include "steps/body_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace penstock::steps {
namespace {

namespace fs = std::filesystem;

class BodyFileTest : public testing::Test {
 protected:
  BodyFileTest() {
    std::string folder = fs::temp_directory_path() / "body_file_test.XXXXXX";
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  ~BodyFileTest() override { fs::remove_all(folder_); }

  void write(std::string_view bytes, bool keep) {
    auto file = BodyFile::open(folder_, item_);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_EQ(::write((*file)->fd(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
    path_ = (*file)->path();
    EXPECT_TRUE(!keep || (*file)->keep());
  }
  std::string read() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t files() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  ItemId item_ = ItemId::of(StepIndex{2}, 77);
  std::string folder_;
  std::string path_;
};

TEST_F(BodyFileTest, KeptBodiesAreThere) {
  write("abc", true);
  EXPECT_EQ(read(), "abc");
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(BodyFileTest, OthersLeaveNothing) {
  write("abc", false);
  EXPECT_EQ(files(), 0U);
}

TEST_F(BodyFileTest, LeftoversOfACrashAreNoProblem) {
  std::ofstream(folder_ + "/" + std::to_string(item_.value) + ".part") << "half of it";
  write("abc", true);
  EXPECT_EQ(read(), "abc");
  EXPECT_EQ(files(), 1U);
}

TEST_F(BodyFileTest, ALinkIsNotFollowed) {
  const std::string victim = folder_ + "/victim";
  std::ofstream(victim) << "precious";
  fs::create_symlink(victim, folder_ + "/" + std::to_string(item_.value) + ".part");
  write("abc", true);
  std::ifstream file(victim);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "precious");
}

TEST_F(BodyFileTest, ANewAttemptReplacesTheOld) {
  write("first", true);
  write("2nd", true);
  EXPECT_EQ(read(), "2nd");
}

TEST_F(BodyFileTest, NoFolderIsAnError) {
  const auto file = BodyFile::open(folder_ + "/missing", item_);
  EXPECT_FALSE(file);
}

}  // namespace
}  // namespace penstock::steps
