// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/control_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "cli/control_request.h"
#include "os/local_socket.h"
#include "os/socket_pair.h"
#include "os/temp_folder.h"

namespace penstock::cli {
namespace {

class ControlServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(std::move(*os::TempFolder::create(::testing::TempDir())));
    loop_ = std::move(*os::EpollLoop::create());
    server_ = std::move(*ControlServer::open(
        socket(), *loop_, [](std::string_view line) { return "heard " + std::string(line); }));
  }

  std::filesystem::path socket() const { return folder_->path() / "control.sock"; }

  /// Serve until `done`, on this thread, while `other` runs on another.
  void serve_while(const std::function<void()>& other) {
    std::atomic<bool> done{false};
    std::thread caller([&] {
      other();
      done = true;
      loop_->wake();
    });
    while (!done) loop_->run_once(TimePoint::clock::now() + std::chrono::seconds(10));
    caller.join();
  }

  std::optional<os::TempFolder> folder_;
  std::unique_ptr<os::EpollLoop> loop_;
  std::unique_ptr<ControlServer> server_;
};

TEST_F(ControlServerTest, AnswersLines) {
  Result<std::string> answer = std::string();
  serve_while([&] { answer = ask_run(socket(), "hello"); });
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, "heard hello");
}

TEST_F(ControlServerTest, HangsUpOnWhoSendsWithoutEnd) {
  Result<std::string> answer = std::string();
  serve_while([&] { answer = ask_run(socket(), std::string(kControlLineMax + 10, 'x')); });
  // The socket takes what fits; either way nobody is answered and the run goes on.
  EXPECT_TRUE(!answer || answer->size() > kControlLineMax);
  serve_while([&] { answer = ask_run(socket(), "again"); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, "heard again");
}

TEST_F(ControlServerTest, CallersWhoLeaveAreForgotten) {
  for (std::size_t i = 0; i < 3 * ControlServer::kCallersMax; ++i) {
    Result<std::string> answer = std::string();
    serve_while([&] { answer = ask_run(socket(), "x"); });
    ASSERT_TRUE(answer) << i;
  }
}

TEST_F(ControlServerTest, AnEndedRunIsSilent) {
  server_.reset();
  const Result<std::string> answer = ask_run(socket(), "hello");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, "socket.silent");
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

}  // namespace
}  // namespace penstock::cli
