// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/local_socket.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <string>

#include "os/socket_pair.h"
#include "os/temp_folder.h"

namespace penstock::os {
namespace {

class LocalSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create(::testing::TempDir());
    ASSERT_TRUE(folder);
    folder_.emplace(std::move(*folder));
  }

  /// What comes out of a listener at `path` when somebody connects and says hello.
  std::string heard_at(const std::filesystem::path& path) {
    const auto listener = listen_local(path);
    EXPECT_TRUE(listener) << (listener ? "" : listener.error().message);
    const auto caller = connect_local(path);
    EXPECT_TRUE(caller) << (caller ? "" : caller.error().message);
    EXPECT_TRUE(send_some(*caller, "hello"));
    const auto accepted = accept_local(*listener);
    EXPECT_TRUE(accepted && *accepted);
    EXPECT_TRUE(wait_for_socket(**accepted, Readiness::readable, 10'000));
    std::array<char, 16> room{};
    const auto received = receive_some(**accepted, room);
    return received ? std::string(room.data(), received->bytes) : received.error().message;
  }

  std::optional<TempFolder> folder_;
};

TEST_F(LocalSocketTest, CarriesBytesAndIsTheOwnersOnly) {
  const auto path = folder_->path() / "control.sock";
  EXPECT_EQ(heard_at(path), "hello");
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(LocalSocketTest, ReplacesWhatAnEarlierProcessLeft) {
  const auto path = folder_->path() / "control.sock";
  std::ofstream(path) << "stale";
  EXPECT_EQ(heard_at(path), "hello");
  EXPECT_EQ(heard_at(path), "hello");
}

TEST_F(LocalSocketTest, LongPathsAreFine) {
  std::filesystem::path deep = folder_->path();
  for (int i = 0; i < 8; ++i) deep /= std::string(40, 'd');
  std::filesystem::create_directories(deep);
  EXPECT_EQ(heard_at(deep / "control.sock"), "hello");
}

TEST_F(LocalSocketTest, NobodyThere) {
  const auto missing = connect_local(folder_->path() / "none.sock");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, "socket.silent");
  const auto path = folder_->path() / "closed.sock";
  { const auto listener = listen_local(path); }
  const auto closed = connect_local(path);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, "socket.silent");
}

TEST_F(LocalSocketTest, NobodyCalls) {
  const auto listener = listen_local(folder_->path() / "control.sock");
  ASSERT_TRUE(listener);
  const auto caller = accept_local(*listener);
  ASSERT_TRUE(caller);
  EXPECT_FALSE(*caller);
  EXPECT_FALSE(wait_for_socket(*listener, Readiness::readable, 0));
}

}  // namespace
}  // namespace penstock::os
