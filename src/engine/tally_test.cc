// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/tally.h"

#include <gtest/gtest.h>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr StepIndex kFirst{0};
constexpr StepIndex kSecond{1};

class TallyTest : public ::testing::Test {
 protected:
  static Plan plan() {
    Plan plan;
    plan.workers = 2;
    plan.concurrency = 5;
    plan.steps.resize(2);
    return plan;
  }
  ItemCounts first() { return tally_.snapshot(now_).steps[0].items; }

  TimePoint now_{1h};
  Tally tally_{plan(), now_};
};

TEST_F(TallyTest, AnItemStandsInOnePlaceAtATime) {
  tally_.found(kFirst, 3);
  EXPECT_EQ(first().pending, 3);
  tally_.started(kFirst, 2, now_);
  EXPECT_EQ(first().in_flight, 2);
  EXPECT_EQ(first().pending, 1);
  tally_.ended(kFirst, 2, 100, now_);
  tally_.retry_later(kFirst);
  tally_.settled(kFirst, ItemStatus::ok);
  EXPECT_EQ(first().retrying, 1);
  EXPECT_EQ(first().settled, 1);
  EXPECT_EQ(first().done, 0) << "not done before it is durable";
  tally_.durable(kFirst, ItemStatus::ok, 1, now_);
  EXPECT_EQ(first().done, 1);
  EXPECT_EQ(first().known(), 3);
}

TEST_F(TallyTest, KnowsATotalOnlyWhenNothingCanBeAdded) {
  tally_.found(kFirst, 1);
  EXPECT_EQ(tally_.snapshot(now_).total, std::nullopt);
  tally_.source_ended();
  EXPECT_EQ(tally_.snapshot(now_).steps[0].total, 1);
  EXPECT_EQ(tally_.snapshot(now_).total, std::nullopt) << "the item may have children";
  tally_.settled(kFirst, ItemStatus::ok);
  tally_.found(kSecond, 4);
  tally_.durable(kFirst, ItemStatus::ok, 1, now_);
  EXPECT_EQ(tally_.snapshot(now_).total, 5);
}

TEST_F(TallyTest, CountsFailuresOfEarlierEnginesToo) {
  tally_.restore(kFirst, ItemStatus::failed, 2);
  tally_.restore(kFirst, ItemStatus::skipped, 1);
  tally_.settled(kFirst, ItemStatus::poisoned);
  EXPECT_EQ(tally_.failed(), 3U);
  EXPECT_EQ(tally_.settled(), 4U);
  EXPECT_EQ(first().failed, 2);
  EXPECT_EQ(first().skipped, 1);
}

TEST_F(TallyTest, CountsWhatIsNotRecordedYet) {
  tally_.found(kFirst, 3);
  tally_.started(kFirst, 2, now_);
  tally_.ended(kFirst, 1, 0, now_);
  tally_.settled(kFirst, ItemStatus::ok);
  EXPECT_EQ(tally_.unrecorded(kFirst), 2U) << "one in flight, one not yet durable";
}

TEST_F(TallyTest, ShowsReachedBesideConfiguredConcurrency) {
  tally_.found(kFirst, 3);
  tally_.started(kFirst, 1, now_);
  tally_.started(kFirst, 1, now_);
  now_ += 1s;
  tally_.ended(kFirst, 1, 0, now_);
  const ConcurrencyProgress reached = tally_.snapshot(now_).concurrency;
  EXPECT_EQ(reached.configured, 10);
  EXPECT_EQ(reached.peak, 2);
  EXPECT_EQ(reached.now, 1);
  EXPECT_NEAR(reached.mean, 2.0, 0.01);
}

}  // namespace
}  // namespace penstock::engine
