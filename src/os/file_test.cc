// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "os/temp_folder.h"

namespace penstock::os {
namespace {

class FileTest : public ::testing::Test {
 protected:
  std::filesystem::path at(const std::string& name) const { return folder_->path() / name; }

  File create(const std::string& name) const {
    auto file = File::open(at(name), FileMode::create_new);
    EXPECT_TRUE(file);
    return std::move(*file);
  }

  std::string read(const std::string& name) const {
    auto file = File::open(at(name), FileMode::read);
    return std::move(*file->read_all(1U << 20U));
  }

  static std::string kind_of(const Result<File>& file) { return file ? "" : file.error().kind; }

  Result<TempFolder> folder_ = TempFolder::create(std::filesystem::temp_directory_path());
};

TEST_F(FileTest, WritesAndReadsBack) {
  File file = create("a");
  ASSERT_TRUE(file.write_all("hello world"));
  ASSERT_TRUE(file.write_at(6, "there"));
  ASSERT_TRUE(file.sync());
  EXPECT_EQ(read("a"), "hello there");
  ASSERT_TRUE(file.truncate(5));
  EXPECT_EQ(read("a"), "hello");

  std::array<char, 8> room{};
  const auto count = file.read_at(3, room);
  ASSERT_TRUE(count);
  EXPECT_EQ(std::string(room.data(), *count), "lo");
}

TEST_F(FileTest, OwnFilesAreForTheirOwnerWhateverTheUmask) {
  const mode_t before = ::umask(0);
  create("private");
  ::umask(before);
  struct stat found {};
  ASSERT_EQ(::stat(at("private").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
}

TEST_F(FileTest, DescriptorsAreCloseOnExec) {
  const File file = create("a");
  EXPECT_NE(::fcntl(file.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(FileTest, OpenErrorsHaveKinds) {
  create("there");
  std::filesystem::create_symlink(at("there"), at("link"));
  EXPECT_EQ(kind_of(File::open(at("gone"), FileMode::read)), "file.missing");
  EXPECT_EQ(kind_of(File::open(at("gone"), FileMode::update)), "file.missing");
  EXPECT_EQ(kind_of(File::open(at("there"), FileMode::create_new)), "file.exists");
  EXPECT_EQ(kind_of(File::open(at("link"), FileMode::update)), "file.symlink");
  EXPECT_EQ(kind_of(File::open(at("link"), FileMode::update_or_create)), "file.symlink");
  EXPECT_EQ(kind_of(File::open(at("link"), FileMode::create_new)), "file.exists");
  EXPECT_EQ(kind_of(File::open(at("link"), FileMode::read)), "");
}

TEST_F(FileTest, MissingIsAValueWhenAsked) {
  auto none = File::open_if_exists(at("gone"), FileMode::read);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
  create("there");
  auto some = File::open_if_exists(at("there"), FileMode::read);
  ASSERT_TRUE(some);
  EXPECT_TRUE(some->has_value());
}

TEST_F(FileTest, FullDiskIsNeverSilent) {
  auto full = File::open("/dev/full", FileMode::update);
  ASSERT_TRUE(full);
  const Status written = full->write_all("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::no_space);
}

// A file size limit cuts a write short first and refuses the rest: both must surface as an error.
TEST_F(FileTest, ShortWriteIsNeverSilent) {
  File file = create("a");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 10;
  ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status written = file.write_all("0123456789abcdef");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_DFL);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, "system.EFBIG");
  EXPECT_EQ(read("a"), "0123456789");
}

TEST_F(FileTest, NonBlockingPipeIsWaitedForNotCut) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  File reader(Fd{ends[0]}, "pipe");
  const std::string sent(1U << 20U, 'x');
  std::thread writer([&] {
    File file(Fd{ends[1]}, "pipe");
    EXPECT_TRUE(file.write_all(sent));
  });
  const auto received = reader.read_all(2U << 20U);
  writer.join();
  ASSERT_TRUE(received);
  EXPECT_EQ(*received, sent);
}

TEST_F(FileTest, ReadAllIsBounded) {
  ASSERT_TRUE(create("a").write_all("12345"));
  auto file = File::open(at("a"), FileMode::read);
  const auto text = file->read_all(4);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, "file.too_large");
}

TEST_F(FileTest, StateTellsARemovedFileFromALivingOne) {
  const File file = create("a");
  EXPECT_EQ(file.state()->links, 1U);
  const auto by_path = file_state(at("a"));
  ASSERT_TRUE(by_path && *by_path);
  EXPECT_EQ((*by_path)->inode, file.state()->inode);
  ASSERT_TRUE(remove_file(at("a")));
  EXPECT_EQ(file.state()->links, 0U);
  EXPECT_FALSE(file_state(at("a"))->has_value());
  EXPECT_TRUE(remove_file(at("a")));
}

TEST_F(FileTest, RenameReplaces) {
  ASSERT_TRUE(create("new").write_all("new"));
  ASSERT_TRUE(create("old").write_all("old"));
  ASSERT_TRUE(rename_file(at("new"), at("old")));
  ASSERT_TRUE(sync_folder(folder_->path()));
  EXPECT_EQ(read("old"), "new");
  const Status renamed = rename_file(at("gone"), at("old"));
  ASSERT_FALSE(renamed);
  EXPECT_NE(renamed.error().message.find("rename " + at("old").native()), std::string::npos);
}

TEST_F(FileTest, FreeBytesOfARealDisk) {
  const auto free = free_bytes(folder_->path());
  ASSERT_TRUE(free);
  EXPECT_GT(*free, 0U);
  EXPECT_FALSE(free_bytes("/nowhere"));
}

}  // namespace
}  // namespace penstock::os
