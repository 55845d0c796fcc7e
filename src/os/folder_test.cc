// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "os/temp_folder.h"

namespace penstock::os {
namespace {

class FolderTest : public ::testing::Test {
 protected:
  Folder open(const std::string& name) const {
    auto folder = Folder::open_or_create(temp_->path() / name);
    EXPECT_TRUE(folder);
    return std::move(*folder);
  }

  Result<TempFolder> temp_ = TempFolder::create(std::filesystem::temp_directory_path());
};

TEST_F(FolderTest, IsForItsOwnerWhateverTheUmask) {
  const mode_t before = ::umask(0);
  const Folder run = open("run");
  ASSERT_TRUE(run.open_or_create_folder("spool"));
  ::umask(before);
  for (const auto& path : {run.path(), run.path() / "spool"}) {
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0700U) << path;
  }
}

TEST_F(FolderTest, ListsRenamesRemoves) {
  const Folder run = open("run");
  ASSERT_TRUE(run.open_file("b", FileMode::create_new));
  ASSERT_TRUE(run.open_file("a", FileMode::create_new));
  EXPECT_EQ(*run.names(), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(run.rename("b", "c"));
  ASSERT_TRUE(run.remove_file("a"));
  ASSERT_TRUE(run.remove_file("a"));
  ASSERT_TRUE(run.sync());
  EXPECT_EQ(*run.names(), (std::vector<std::string>{"c"}));
}

TEST_F(FolderTest, UnsafeNamesDoNotLeave) {
  const Folder run = open("run");
  const std::string with_nul("a\0b", 3);
  for (const std::string& name : {std::string(".."), std::string("."), std::string(),
                                  std::string("../x"), std::string("a/b"), with_nul}) {
    const auto file = run.open_file(name, FileMode::create_new);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().kind, "name.unsafe");
    EXPECT_FALSE(run.remove_file(name));
    EXPECT_FALSE(run.rename(name, "x"));
    EXPECT_FALSE(run.rename("x", name));
    EXPECT_FALSE(run.open_or_create_folder(name));
  }
}

TEST_F(FolderTest, LinksToElsewhereAreRefused) {
  const Folder run = open("run");
  const Folder other = open("other");
  std::filesystem::create_directory_symlink(other.path(), run.path() / "spool");
  EXPECT_FALSE(run.open_or_create_folder("spool"));
}

TEST_F(FolderTest, ARenamedParentDoesNotLeadElsewhere) {
  const Folder run = open("run");
  std::filesystem::rename(run.path(), temp_->path() / "moved");
  ASSERT_TRUE(run.open_file("a", FileMode::create_new));
  EXPECT_TRUE(std::filesystem::exists(temp_->path() / "moved" / "a"));
}

TEST_F(FolderTest, MovesLinksAndSeesWhatStandsThere) {
  const Folder one = open("one");
  const Folder two = open("two");
  ASSERT_TRUE(one.open_file("a", FileMode::create_new)->write_all("hello"));
  EXPECT_TRUE(*two.link("b", one, "a"));
  ASSERT_TRUE(one.move("a", two, "c"));
  EXPECT_FALSE(*one.state_of("a"));
  EXPECT_EQ((*two.state_of("b"))->inode, (*two.state_of("c"))->inode);
  EXPECT_EQ((*two.state_of("c"))->size_bytes, 5U);
  std::filesystem::create_symlink("nowhere", two.path() / "dangling");
  EXPECT_TRUE(*two.state_of("dangling"));
  EXPECT_FALSE(two.link("b", one, "missing"));
  EXPECT_FALSE(one.move("missing", two, "d"));
  EXPECT_FALSE(one.move("..", two, "d"));
  EXPECT_FALSE(two.link("../d", two, "b"));
  EXPECT_FALSE(two.state_of(".."));
}

TEST_F(FolderTest, MissingHasAKind) {
  const auto folder = Folder::open(temp_->path() / "gone");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, "file.missing");
}

}  // namespace
}  // namespace penstock::os
