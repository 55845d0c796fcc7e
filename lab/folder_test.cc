// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A folder on disk, and everything that must not get out of it.
#include "folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace penstock::lab {
namespace {

namespace fs = std::filesystem;

class FolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    top_ = fs::path(::testing::TempDir()) / ("lab_folder_" + std::to_string(getpid()));
    fs::create_directories(top_ / "site/sub");
    write("secret.txt", "secret");
    write("site/a b.html", "<p>a");
    write("site/sub/index.html", "<p>index");
    write("site/z.txt", "z");
    write("site/x.bin", "x");
    fs::create_symlink(top_ / "secret.txt", top_ / "site/link.txt");
    folder_ = std::move(*Folder::open(top_ / "site"));
  }
  void TearDown() override { fs::remove_all(top_); }

  void write(const char* name, const char* text) { std::ofstream(top_ / name) << text; }

  std::string get(std::string_view path) {
    const auto file = folder_->find(path);
    return file.content ? *file.content : "(none)";
  }

  fs::path top_;
  std::unique_ptr<Folder> folder_;
};

TEST_F(FolderTest, serves_files_and_indexes) {
  EXPECT_EQ(get("a b.html"), "<p>a");
  EXPECT_EQ(get("/sub"), "<p>index");
  EXPECT_EQ(get("sub/"), "<p>index");
  EXPECT_EQ(folder_->find("sub/").path, "sub/index.html");
  EXPECT_EQ(get("sub/../z.txt"), "z");
}

TEST_F(FolderTest, never_leaves_the_folder) {
  for (const std::string path :
       {"../secret.txt", "/../secret.txt", "sub/../../secret.txt", "link.txt", "", "/",
        "//etc/passwd", "/etc/passwd", "none", "a b.html/x"}) {
    EXPECT_EQ(get(path), "(none)") << path;
  }
  EXPECT_EQ(get(std::string_view("z.txt\0.html", 11)), "(none)");
}

TEST_F(FolderTest, lists_pages_in_order) {
  EXPECT_EQ(folder_->pages(2), (std::vector<std::string>{"a b.html", "sub/index.html"}));
  EXPECT_EQ(folder_->pages(9).size(), 3u);
  EXPECT_EQ(folder_->read("link.txt"), "");
  EXPECT_EQ(folder_->read("z.txt"), "z");
}

TEST_F(FolderTest, refuses_what_is_no_folder) { EXPECT_FALSE(Folder::open(top_ / "secret.txt")); }

TEST(ContentType, is_known_by_ending) {
  EXPECT_EQ(content_type("a.tar.gz"), "application/gzip");
  EXPECT_EQ(content_type("a/b.html"), "text/html; charset=utf-8");
  EXPECT_EQ(content_type("README"), "application/octet-stream");
}

}  // namespace
}  // namespace penstock::lab
