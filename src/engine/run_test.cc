// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The engine's decisions one by one, over fakes: what the simulation does by the thousand.
#include "engine/run.h"

#include <gtest/gtest.h>
#include <penstock/ledgers.h>
#include <penstock/testing.h>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;
using testing::FunctionExecutor;
using testing::RecordingSink;

class PlainStep final : public Step {
 public:
  std::string_view kind() const override { return "plain"; }
  Repeatable repeatable() const override { return Repeatable::yes; }
  Result<std::string> limit_key(std::string_view, std::string_view) const override {
    return std::string();
  }
  Result<std::string> preview(std::string_view) const override { return std::string(); }
  Fingerprint fingerprint() const override { return {}; }
  std::unique_ptr<StepRunner> make_runner(StepContext&) const override { return nullptr; }
};

class RunTest : public ::testing::Test {
 protected:
  RunTest() { add_step("first"); }

  void add_step(const char* name) {
    PlannedStep step;
    step.name = name;
    step.step = std::make_shared<PlainStep>();
    plan_.steps.push_back(std::move(step));
  }

  /// Items {"n":0} ... through the plan; `answer` says what becomes of each call.
  Result<Summary> run(int items, const std::function<ItemVerdict(const CallItem&)>& answer) {
    std::vector<SourceItem> list(static_cast<std::size_t>(items));
    for (int i = 0; i < items; ++i) {
      list[static_cast<std::size_t>(i)].value = "{\"n\":" + std::to_string(i) + "}";
    }
    testing::ListSource source(std::move(list));
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<RecordingSink>(rows_));
    LedgerOptions options;
    for (const PlannedStep& step : plan_.steps) options.step_names.push_back(step.name);
    auto ledger = make_memory_ledger(options, Retention::all, std::move(sinks), waker_);
    FunctionExecutor executor(waker_, clock_, 4, [&](const Call& call) {
      ++calls_;
      FunctionExecutor::Answer answered{10ms, {}};
      answered.call.verdicts.push_back(answer(call.items.front()));
      return answered;
    });
    penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
    return engine.drive();
  }

  static ItemVerdict done(std::string output = "") {
    ItemVerdict verdict;
    verdict.outcome = Outcome::done;
    verdict.output = std::move(output);
    return verdict;
  }
  static ItemVerdict failed(Errc code, const char* kind) {
    ItemVerdict verdict;
    verdict.outcome = Outcome::failed;
    verdict.error = Error{code, "it failed", kind, Sent::yes};
    return verdict;
  }

  Plan plan_;
  testing::ManualClock clock_;
  testing::VirtualWaker waker_{clock_};
  std::vector<RecordingSink::Row> rows_;
  int calls_ = 0;
};

TEST_F(RunTest, EveryItemGetsOneRow) {
  const auto summary = run(10, [](const CallItem&) { return done("1"); });
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->reason, StopReason::finished);
  EXPECT_EQ(rows_.size(), 10U);
  EXPECT_EQ(calls_, 10);
  EXPECT_EQ(summary->snapshot.items.done, 10);
}

TEST_F(RunTest, AFailureIsTriedAgainAsOftenAsThePlanSays) {
  plan_.steps[0].retry.attempts = 3;
  ASSERT_TRUE(run(1, [](const CallItem&) { return failed(Errc::unavailable, "http.503"); }));
  EXPECT_EQ(calls_, 3);
  ASSERT_EQ(rows_.size(), 1U);
  EXPECT_EQ(rows_[0].kind, "http.503");
}

TEST_F(RunTest, ARefusalIsNotTriedAgain) {
  ASSERT_TRUE(run(1, [](const CallItem&) { return failed(Errc::rejected, "http.404"); }));
  EXPECT_EQ(calls_, 1);
}

TEST_F(RunTest, AnItemThatKillsWorkersIsSetAside) {
  ASSERT_TRUE(run(1, [](const CallItem&) { return failed(Errc::crashed, "crash.SIGSEGV"); }));
  ASSERT_EQ(rows_.size(), 1U);
  EXPECT_EQ(rows_[0].status, "poisoned");
  EXPECT_EQ(calls_, plan_.steps[0].retry.crashes);
}

TEST_F(RunTest, AtTheEndOfAQuotaTheRunIsParkedAndTheItemStaysPending) {
  const auto summary = run(5, [](const CallItem&) { return failed(Errc::exhausted, "quota"); });
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->reason, StopReason::parked);
  EXPECT_TRUE(rows_.empty());
  EXPECT_LE(calls_, 4) << "no more than were in flight";
}

TEST_F(RunTest, AFullDiskInAWorkerStopsTheRun) {
  const auto summary = run(5, [](const CallItem&) { return failed(Errc::no_space, "disk.full"); });
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, Errc::no_space);
}

TEST_F(RunTest, TooManyFailuresEndTheRun) {
  plan_.failures.count_max = 3;
  const auto summary = run(50, [](const CallItem&) { return failed(Errc::rejected, "http.404"); });
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->reason, StopReason::failures);
  EXPECT_LT(calls_, 12);
}

TEST_F(RunTest, WhenSaysNoTheValuePassesThrough) {
  add_step("second");
  plan_.steps[0].when = *placeholders::Comparison::parse("n >= 3");
  ASSERT_TRUE(run(5, [](const CallItem&) { return done("1"); }));
  EXPECT_EQ(calls_, 2 + 5);
  EXPECT_EQ(rows_.size(), 5U);
}

TEST_F(RunTest, OnlyTheFirstItemsAreRunWithALimit) {
  plan_.items_max = 3;
  ASSERT_TRUE(run(10, [](const CallItem&) { return done(); }));
  EXPECT_EQ(calls_, 3);
}

TEST_F(RunTest, NoMoreThanAtOnceAreInFlight) {
  plan_.at_once = 2;
  const auto summary = run(20, [](const CallItem&) { return done(); });
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->snapshot.concurrency.peak, 2);
}

TEST_F(RunTest, AChainOfPagesThatGoesInCirclesEndsInARow) {
  ASSERT_TRUE(run(1, [](const CallItem& item) {
    ItemVerdict verdict = done("1");
    verdict.link = item.hop == "http://a/2" ? "http://a/3" : "http://a/2";
    return verdict;
  }));
  EXPECT_EQ(rows_.size(), 4U);
  EXPECT_EQ(rows_.back().kind, "next.cycle");
}

}  // namespace
}  // namespace penstock::engine
