// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/cut_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "sinks/crashes.h"

namespace penstock::sinks {
namespace {

class CutFileTest : public ::testing::Test {
 protected:
  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

  // Opens at the cursor, appends, syncs; what open() said, or the kind of the error.
  std::string go_on(const std::string& bytes) {
    CutFile file(path_);
    const auto standing = file.open(cursor_);
    if (!standing) return standing.error().kind;
    EXPECT_TRUE(file.append(bytes));
    auto cursor = file.sync();
    if (!cursor) return cursor.error().kind;
    const std::uint64_t seq = cursor_.seq;
    cursor_ = *cursor;
    cursor_.seq = seq + 1;
    return *standing == CutFile::Standing::goes_on ? "goes on" : "anew";
  }

  std::string content() const { return read_file(path_); }

  Result<os::TempFolder> folder_ = os::TempFolder::create(std::filesystem::temp_directory_path());
  const std::string path_ = (folder_->path() / "pages.jsonl").string();
  SinkCursor cursor_;
};

TEST_F(CutFileTest, GoesOnWhereItStood) {
  EXPECT_EQ(go_on("a\n"), "goes on");
  EXPECT_EQ(go_on("b\n"), "goes on");
  EXPECT_EQ(content(), "a\nb\n");
  EXPECT_EQ(cursor_.length_bytes, 4U);
}

TEST_F(CutFileTest, IsForItsOwnerAlone) {
  EXPECT_EQ(go_on("a\n"), "goes on");
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0600));
}

TEST_F(CutFileTest, CutsWhatIsBehindTheCursor) {
  EXPECT_EQ(go_on("a\n"), "goes on");
  std::ofstream(path_, std::ios::app) << "b\nhalf";
  EXPECT_EQ(go_on("c\n"), "goes on");
  EXPECT_EQ(content(), "a\nc\n");
}

TEST_F(CutFileTest, IsWrittenAnewIfItIsMissingOrShorter) {
  EXPECT_EQ(go_on("a\n"), "goes on");
  std::filesystem::remove(path_);
  EXPECT_EQ(go_on("a\nb\n"), "anew");
  EXPECT_EQ(content(), "a\nb\n");
  std::filesystem::resize_file(path_, 1);
  EXPECT_EQ(go_on("a\nb\nc\n"), "anew");
  EXPECT_EQ(content(), "a\nb\nc\n");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".rebuild"));
  EXPECT_EQ(go_on("d\n"), "goes on");
  EXPECT_EQ(content(), "a\nb\nc\nd\n");
}

TEST_F(CutFileTest, LeavesTheOldFileUntilTheNewOneIsComplete) {
  EXPECT_EQ(go_on("abc\n"), "goes on");
  std::filesystem::resize_file(path_, 2);
  CutFile file(path_);
  ASSERT_EQ(*file.open(cursor_), CutFile::Standing::anew);
  ASSERT_TRUE(file.append("new\n"));
  ASSERT_TRUE(file.flush());
  EXPECT_EQ(content(), "ab");
  ASSERT_TRUE(file.sync());
  ASSERT_TRUE(file.append("more\n"));
  ASSERT_TRUE(file.flush());
  EXPECT_EQ(content(), "new\nmore\n");
}

TEST_F(CutFileTest, TakesAnEmptyFileForNobodys) {
  write("");
  EXPECT_EQ(go_on("a\n"), "goes on");
  EXPECT_EQ(content(), "a\n");
}

TEST_F(CutFileTest, NeverTouchesAStrangersFile) {
  write("precious\n");
  EXPECT_EQ(go_on("a\n"), "output.foreign");
  EXPECT_EQ(content(), "precious\n");
}

TEST_F(CutFileTest, NeverTouchesAFileThatTookItsPlace) {
  EXPECT_EQ(go_on("a\n"), "goes on");
  std::filesystem::rename(path_, path_ + ".mine");
  write("precious\n");
  EXPECT_EQ(go_on("b\n"), "output.foreign");
  EXPECT_EQ(content(), "precious\n");
}

TEST_F(CutFileTest, NoticesAnotherFileWithItsInode) {
  EXPECT_EQ(go_on("abc\n"), "goes on");
  { std::ofstream(path_, std::ios::in | std::ios::binary) << "precious text"; }
  EXPECT_EQ(go_on("b\n"), "output.foreign");
  EXPECT_EQ(content(), "precious text");
}

TEST_F(CutFileTest, FollowsNoLink) {
  std::ofstream(path_ + ".target") << "";
  std::filesystem::create_symlink(path_ + ".target", path_);
  EXPECT_EQ(go_on("a\n"), "file.symlink");
  EXPECT_EQ(read_file(path_ + ".target"), "");
}

TEST_F(CutFileTest, NoticesThatItWasRemovedOrCutMeanwhile) {
  CutFile file(path_);
  ASSERT_TRUE(file.open({}));
  ASSERT_TRUE(file.append("a\n"));
  ASSERT_TRUE(file.sync());
  std::filesystem::resize_file(path_, 0);
  ASSERT_TRUE(file.append("b\n"));
  std::filesystem::resize_file(path_, 9);
  EXPECT_EQ(file.sync().error().kind, "output.foreign");
  std::filesystem::remove(path_);
  EXPECT_EQ(file.sync().error().kind, "output.foreign");
}

TEST_F(CutFileTest, GivesItsBeginning) {
  EXPECT_EQ(go_on("hello\n"), "goes on");
  CutFile file(path_);
  ASSERT_TRUE(file.open(cursor_));
  EXPECT_EQ(*file.beginning(3), "hel");
  EXPECT_EQ(*file.beginning(100), "hello\n");
}

TEST_F(CutFileTest, NeverTakesHalfANewFileForTheOldOne) {
  EXPECT_EQ(go_on("a\n"), "goes on");
  const SinkCursor lost = cursor_;
  std::filesystem::remove(path_);
  for (int i = 0; i < 20; ++i) {
    CutFile file(path_);
    ASSERT_EQ(*file.open(lost), CutFile::Standing::anew);
    ASSERT_TRUE(file.append("x\ny\n"));
    ASSERT_TRUE(file.flush());
  }
}

TEST_F(CutFileTest, SaysWhenTheDiskIsFull) {
  CutFile file(path_);
  ASSERT_TRUE(file.open({}));
  ASSERT_TRUE(file.append(std::string(100, 'x')));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 50, .rlim_max = before.rlim_max};
  const auto before_signal = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto status = file.sync();
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, before_signal);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find(path_), std::string::npos);
  EXPECT_TRUE(stops_run(status.error().code));
}

}  // namespace
}  // namespace penstock::sinks
