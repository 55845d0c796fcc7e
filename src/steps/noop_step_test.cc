// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Nothing is done, in batches, after a while, or wrongly on purpose.
#include "steps/noop_step.h"

#include <gtest/gtest.h>

#include "steps/worker_fake.h"

namespace penstock::steps {
namespace {

class NoopStepTest : public testing::Test {
 protected:
  static Call call(std::size_t items, std::uint64_t first = 0) {
    Call made;
    made.id = CallId{1};
    for (std::size_t i = 0; i < items; ++i) {
      made.items.push_back({.item = ItemId::of(StepIndex{0}, first + i)});
    }
    return made;
  }

  FinishedCall run(const NoopOptions& options, Call one) {
    const auto step = make_noop_step(options);
    const auto runner = step->make_runner(worker_);
    runner->start(std::move(one));
    worker_.wait_for(1);
    return std::exchange(worker_.finished, {}).front();
  }

  WorkerFake worker_;
};

TEST_F(NoopStepTest, AllWellIsOneFlag) {
  const FinishedCall finished = run({}, call(1024));
  EXPECT_EQ(finished.id, CallId{1});
  EXPECT_TRUE(finished.verdicts.empty());
}

TEST_F(NoopStepTest, BatchIsAnOption) {
  EXPECT_EQ(make_noop_step({})->batch_items_max(), 512U);
  EXPECT_EQ(make_noop_step({.batch = 7})->batch_items_max(), 7U);
}

TEST_F(NoopStepTest, SleepTakesItsTimeAndNoThread) {
  const auto sleep = std::chrono::milliseconds(5);
  Call one = call(1);
  one.not_before = TimePoint::clock::now() + sleep;
  one.tells_start = true;
  const TimePoint not_before = one.not_before;
  const FinishedCall finished = run({.sleep = sleep}, std::move(one));
  EXPECT_EQ(finished.sent_at, not_before);
  EXPECT_EQ(finished.elapsed, sleep);
  EXPECT_GE(TimePoint::clock::now(), not_before + sleep);
  EXPECT_EQ(worker_.starts.size(), 1U);
}

TEST_F(NoopStepTest, TheSameShareFailsEveryTime) {
  const NoopOptions options{.fail = 0.25, .seed = 5};
  const auto failures = [&](const NoopOptions& chosen) {
    std::vector<bool> failed;
    for (const ItemVerdict& verdict : run(chosen, call(4000)).verdicts) {
      failed.push_back(verdict.outcome == Outcome::failed);
      EXPECT_EQ(verdict.error.kind, failed.back() ? "noop.failed" : "");
    }
    return failed;
  };
  const auto first = failures(options);
  ASSERT_EQ(first.size(), 4000U);
  EXPECT_NEAR(static_cast<double>(std::count(first.begin(), first.end(), true)), 1000, 150);
  EXPECT_EQ(failures(options), first);
  EXPECT_NE(failures({.fail = 0.25, .seed = 6}), first);
}

TEST_F(NoopStepTest, ChosenItemsKillTheirProcess) {
  EXPECT_EXIT((void)run({.crash = 1}, call(1)), testing::KilledBySignal(SIGKILL), "");
}

TEST_F(NoopStepTest, CancelAnswersForEveryItem) {
  const auto step = make_noop_step({.sleep = std::chrono::hours(1)});
  const auto runner = step->make_runner(worker_);
  runner->start(call(3));
  runner->cancel(CallId{1});
  runner->cancel(CallId{1});
  ASSERT_EQ(worker_.finished.size(), 1U);
  ASSERT_EQ(worker_.finished[0].verdicts.size(), 3U);
  EXPECT_EQ(worker_.finished[0].verdicts[2].error.code, Errc::cancelled);
}

TEST_F(NoopStepTest, PlanHalf) {
  const auto step = make_noop_step({});
  EXPECT_EQ(step->kind(), "noop");
  EXPECT_EQ(step->repeatable(), Repeatable::yes);
  EXPECT_EQ(*step->limit_key("{}", ""), "");
  EXPECT_FALSE(step->preview("{}")->empty());
  EXPECT_EQ(step->fingerprint(), make_noop_step({.batch = 5})->fingerprint());
  EXPECT_NE(step->fingerprint(), make_noop_step({.fail = 0.5})->fingerprint());
}

}  // namespace
}  // namespace penstock::steps
