// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/zygote.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "executors/test_steps.h"
#include "executors/worker_process.h"
#include "os/child.h"
#include "os/memory_file.h"
#include "os/socket_pair.h"

namespace penstock::executors {
namespace {

constexpr int kPatienceMs = 10'000;

StepSet steps() { return {std::make_shared<VerbStep>()}; }

bool has_ended(const os::Fd& process) { return os::wait_for_end(process, kPatienceMs); }

TEST(Zygote, EndsWithItsOwner) {
  auto zygote = Zygote::start(steps());
  ASSERT_TRUE(zygote);
  const auto process = os::open_process((*zygote)->pid());
  zygote->reset();
  EXPECT_TRUE(has_ended(*process));
}

TEST(Zygote, AlsoWhenItIsStopped) {
  auto zygote = Zygote::start(steps());
  const auto process = os::open_process((*zygote)->pid());
  ASSERT_TRUE(os::send_signal(*process, SIGSTOP));
  zygote->reset();
  EXPECT_TRUE(has_ended(*process));
}

TEST(Zygote, RefusesToBeForkedBesideOtherThreads) {
#if !defined(__SANITIZE_THREAD__)
  Result<std::shared_ptr<Zygote>> zygote = std::shared_ptr<Zygote>();
  std::thread([&] { zygote = Zygote::start(steps()); }).join();
  ASSERT_FALSE(zygote);
  EXPECT_EQ(zygote.error().kind, "zygote.threads");
#endif
}

TEST(Zygote, WorkersAreChildrenOfTheEngine) {
  auto zygote = std::move(*Zygote::start(steps()));
  auto pair = std::move(*os::make_socket_pair(os::SocketKind::stream));
  const auto page = os::make_shared_file(sizeof(WorkerPage));
  ASSERT_TRUE(zygote->request(7, 0, pair.second, *page));
  pair.second.reset();
  const auto birth = zygote->wait_for_birth(kPatienceMs);
  ASSERT_TRUE(birth);
  EXPECT_EQ(birth->tag, 7U);
  const auto process = os::open_process(birth->pid);
  ASSERT_TRUE(process) << "only a parent can know that the number is not another's";
  pair.first.reset();  // Its engine is gone: it leaves.
  ASSERT_TRUE(has_ended(*process));
  const auto end = os::reap(*process);
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->known);
  EXPECT_EQ(end->status, 0);
}

TEST(Zygote, AKilledOneIsNoticed) {
  auto zygote = std::move(*Zygote::start(steps()));
  const auto process = os::open_process(zygote->pid());
  ASSERT_TRUE(os::send_signal(*process, SIGKILL));
  ASSERT_TRUE(has_ended(*process));
  EXPECT_EQ(zygote->wait_for_birth(kPatienceMs), std::nullopt);
  EXPECT_EQ(zygote->take_birth().error().kind, "zygote.gone");
  const auto request = WorkerProcess::request(*zygote, 1, {}, std::chrono::seconds(1));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, "system.EPIPE");
}

}  // namespace
}  // namespace penstock::executors
