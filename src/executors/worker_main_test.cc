// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/worker_main.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "executors/frame_channel.h"
#include "executors/process_drive.h"
#include "executors/worker_page.h"
#include "executors/zygote.h"
#include "os/child.h"
#include "os/memory_file.h"
#include "os/socket_pair.h"
#include "wire/messages.h"

namespace penstock::executors {
namespace {

constexpr int kPatienceMs = 10'000;

// A worker at the other end of a bare channel.
class WorkerMainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    zygote_ = std::move(*start_zygote({std::make_shared<VerbStep>()}));
    auto pair = std::move(*os::make_socket_pair(os::SocketKind::stream));
    const auto page = os::make_shared_file(sizeof(WorkerPage));
    ASSERT_TRUE(zygote_->request(1, 0, pair.second, *page));
    const auto birth = zygote_->wait_for_birth(kPatienceMs);
    ASSERT_TRUE(birth && birth->pid > 0);
    process_ = std::move(*os::open_process(birth->pid));
    channel_.emplace(std::move(pair.first));
  }

  void TearDown() override {
    (void)os::send_signal(process_, SIGKILL);
    (void)os::wait_for_end(process_, kPatienceMs);
    (void)os::reap(process_);
  }

  void send(wire::Kind kind, const std::string& payload) {
    ASSERT_TRUE(channel_->push(kind, payload));
    ASSERT_TRUE(channel_->flush());
  }

  int exit_status() {
    EXPECT_TRUE(os::wait_for_end(process_, kPatienceMs));
    return os::reap(process_).value_or(os::ChildEnd{.status = -1}).status;
  }

  std::shared_ptr<Zygote> zygote_;
  os::Fd process_;
  std::optional<FrameChannel> channel_;
};

TEST_F(WorkerMainTest, StopsWhenTold) {
  send(wire::Kind::settings, wire::encode_settings({}));
  send(wire::Kind::stop, "");
  EXPECT_EQ(exit_status(), static_cast<int>(WorkerExit::stopped));
}

TEST_F(WorkerMainTest, StopsWhenTheEngineHasGone) {
  channel_.reset();
  EXPECT_EQ(exit_status(), static_cast<int>(WorkerExit::stopped));
}

TEST_F(WorkerMainTest, RefusesWhatMakesNoSense) {
  send(wire::Kind::settings, "too short");
  EXPECT_EQ(exit_status(), static_cast<int>(WorkerExit::bad_wire));
}

TEST_F(WorkerMainTest, RefusesWorkBeforeItsSettings) {
  send(wire::Kind::work, "");
  EXPECT_EQ(exit_status(), static_cast<int>(WorkerExit::bad_wire));
}

TEST_F(WorkerMainTest, RefusesItsOwnKindsOfFrames) {
  send(wire::Kind::hello, wire::encode_hello());
  EXPECT_EQ(exit_status(), static_cast<int>(WorkerExit::bad_wire));
}

TEST(WorkerMain, WorkersInheritNoDescriptorAndHearNoSignals) {
  ProcessDrive drive({.workers = 2, .concurrency = 1});
  for (const std::size_t worker : {0U, 1U}) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) drive.signal_worker(worker, signal);
  }
  std::string fds = drive.run("fds");
  EXPECT_NE(fds.find("0=/dev/null"), std::string::npos) << fds;
  EXPECT_NE(fds.find("1=/dev/null"), std::string::npos) << fds;
  // Standard ones, the engine's socket, epoll, its bell, and the folder that is just being listed.
  EXPECT_LE(std::count(fds.begin(), fds.end(), '\n'), 7) << fds;
  std::size_t sockets = 0;
  for (auto at = fds.find("socket:"); at != std::string::npos; at = fds.find("socket:", at + 1)) {
    ++sockets;
  }
  EXPECT_EQ(sockets, 1U) << fds;
  for (const WorkerState& state : drive.executor().workers()) EXPECT_EQ(state.crashes, 0U);
}

TEST(WorkerMain, ShowsItsMemoryAndProcessorTime) {
  ProcessDrive drive({.workers = 1, .concurrency = 1});
  ASSERT_EQ(drive.run("noop"), "all well");
  EXPECT_GT(drive.worker().rss_bytes, 100'000U);
  EXPECT_EQ(drive.worker().calls_done, 1U);
}

}  // namespace
}  // namespace penstock::executors
