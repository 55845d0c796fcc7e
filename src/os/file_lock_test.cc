// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/file_lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "os/child.h"
#include "os/temp_folder.h"

namespace penstock::os {
namespace {

class FileLockTest : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return temp_->path() / "lock"; }

  Result<TempFolder> temp_ = TempFolder::create(std::filesystem::temp_directory_path());
};

TEST_F(FileLockTest, SecondOwnerIsRefusedByTheFirstOnesPid) {
  const auto first = FileLock::acquire(path());
  ASSERT_TRUE(first);
  const auto second = FileLock::acquire(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, "lock.held");
  EXPECT_EQ(second.error().message,
            "lock " + path().native() + ": is held by process " + std::to_string(::getpid()));
}

TEST_F(FileLockTest, IsFreeAgainAfterItsOwner) {
  { ASSERT_TRUE(FileLock::acquire(path())); }
  EXPECT_TRUE(FileLock::acquire(path()));
}

TEST_F(FileLockTest, DiesWithAKilledOwner) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto pid = fork_child();
  ASSERT_TRUE(pid);
  if (*pid == 0) {
    const auto held = FileLock::acquire(path());
    (void)!::write(ends[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);
  const auto refused = FileLock::acquire(path());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(std::to_string(*pid)), std::string::npos);

  auto child = open_process(*pid);
  ASSERT_TRUE(send_signal(*child, SIGKILL));
  ASSERT_TRUE(wait_for_end(*child, 10'000));
  EXPECT_EQ(reap(*child)->signal, SIGKILL);
  EXPECT_TRUE(FileLock::acquire(path()));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(FileLockTest, ForeignContentIsNeverTrusted) {
  const auto held = FileLock::acquire(path());
  for (const char* note : {"", "-1", "0 0", "99999999999999999999 1", "\x1b[31mroot", "x"}) {
    auto file = File::open(path(), FileMode::update);
    ASSERT_TRUE(file->truncate(0));
    ASSERT_TRUE(file->write_all(note));
    const auto refused = FileLock::acquire(path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "lock " + path().native() + ": is held by an unknown process");
  }
}

}  // namespace
}  // namespace penstock::os
