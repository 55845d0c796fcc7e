// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/file_tree.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "os/temp_folder.h"
#include "sinks/crashes.h"

namespace penstock::sinks {
namespace {

namespace fs = std::filesystem;

class FileTreeTest : public ::testing::Test {
 protected:
  FileTree open() const {
    auto tree = FileTree::open(root_);
    EXPECT_TRUE(tree) << tree.error().message;
    return std::move(*tree);
  }

  void write(FileTree& tree, const std::string& path, std::string_view content) const {
    const auto stands = tree.look(path);
    ASSERT_TRUE(stands);
    ASSERT_TRUE(*stands);
    const auto stored = tree.store(content);
    ASSERT_TRUE(stored);
    ASSERT_TRUE(tree.sync_stored({*stored}));
    ASSERT_TRUE(tree.place(*stored, path));
  }

  Result<os::TempFolder> folder_ = fast_folder();
  const std::string root_ = (folder_->path() / "out" / "texts").string();
};

TEST_F(FileTreeTest, MakesFoldersAndFiles) {
  FileTree tree = open();
  write(tree, "a.txt", "1");
  write(tree, "x/y/b.txt", "2");
  ASSERT_TRUE(tree.sync());
  EXPECT_EQ(read_file(root_ + "/a.txt"), "1");
  EXPECT_EQ(read_file(root_ + "/x/y/b.txt"), "2");
  EXPECT_EQ(fs::status(root_ + "/x/y").permissions(), fs::perms(0700));
  EXPECT_EQ(fs::status(root_ + "/a.txt").permissions(), fs::perms(0600));
}

TEST_F(FileTreeTest, ReplacesAndRemoves) {
  FileTree tree = open();
  write(tree, "a", "1");
  write(tree, "a", "2");
  EXPECT_EQ(read_file(root_ + "/a"), "2");
  ASSERT_TRUE(tree.remove("a"));
  ASSERT_TRUE(tree.remove("a"));
  ASSERT_TRUE(tree.remove("b/c"));
  EXPECT_FALSE(fs::exists(root_ + "/a"));
}

TEST_F(FileTreeTest, SeesWhatStandsThere) {
  FileTree tree = open();
  write(tree, "a", "1");
  fs::create_symlink("nowhere", root_ + "/link");
  EXPECT_EQ(**tree.look("a"), FileTree::Stands::something);
  EXPECT_EQ(**tree.look("link"), FileTree::Stands::something);
  EXPECT_EQ(**tree.look("b"), FileTree::Stands::nothing);
  EXPECT_FALSE(*tree.look("a/b"));
  EXPECT_FALSE(*tree.look("link/b"));
  EXPECT_TRUE(*tree.has_folder("new/folder"));
  EXPECT_FALSE(*tree.has_folder("a"));
}

TEST_F(FileTreeTest, GoesThroughNoLink) {
  fs::create_directories(folder_->path() / "elsewhere");
  FileTree tree = open();
  fs::create_directory_symlink(folder_->path() / "elsewhere", root_ + "/x");
  EXPECT_FALSE(*tree.look("x/a"));
  const auto stored = tree.store("1");
  EXPECT_FALSE(tree.place(*stored, "x/a"));
  EXPECT_TRUE(fs::is_empty(folder_->path() / "elsewhere"));
}

TEST_F(FileTreeTest, LeavesItsRootByNoName) {
  FileTree tree = open();
  const auto stored = tree.store("1");
  for (const char* path : {"../a", "x/../../a", "..", "x/.."}) {
    EXPECT_FALSE(tree.place(*stored, path)) << path;
  }
}

TEST_F(FileTreeTest, LinksAFileOfTheRun) {
  std::ofstream(folder_->path() / "body") << "bytes";
  auto bodies = os::Folder::open(folder_->path());
  FileTree tree = open();
  const auto stored = tree.store_file(*bodies, "body");
  ASSERT_TRUE(stored);
  ASSERT_TRUE(tree.look("a"));
  ASSERT_TRUE(tree.place(*stored, "a"));
  EXPECT_EQ(read_file(root_ + "/a"), "bytes");
  EXPECT_EQ(fs::hard_link_count(root_ + "/a"), 2U);
  EXPECT_FALSE(tree.store_file(*bodies, "missing"));
}

TEST_F(FileTreeTest, CopiesAFileOfAnotherDisk) {
  auto shared = os::TempFolder::create(fs::temp_directory_path());
  ASSERT_TRUE(shared);
  const std::string bytes(1'000'000, 'x');
  std::ofstream(shared->path() / "body") << bytes;
  auto bodies = os::Folder::open(shared->path());
  FileTree tree = open();
  const auto stored = tree.store_file(*bodies, "body");
  ASSERT_TRUE(stored);
  ASSERT_TRUE(tree.place(*stored, "a"));
  EXPECT_EQ(read_file(root_ + "/a"), bytes);
}

TEST_F(FileTreeTest, RemovesWhatACrashLeft) {
  {
    FileTree tree = open();
    ASSERT_TRUE(tree.store("1"));
    ASSERT_TRUE(tree.store("2"));
  }
  std::ofstream(root_ + "/.penstock/names.db") << "x";
  const FileTree tree = open();
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ + "/.penstock"), {}), 1);
}

TEST_F(FileTreeTest, WritesIntoManyFolders) {
  FileTree tree = open();
  for (int i = 0; i < 600; ++i) write(tree, "d" + std::to_string(i) + "/e/f", "x");
  ASSERT_TRUE(tree.sync());
  EXPECT_EQ(read_file(root_ + "/d599/e/f"), "x");
}

}  // namespace
}  // namespace penstock::sinks
