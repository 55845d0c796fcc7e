// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The engine's decisions one by one, over fakes: what the simulation does by the thousand.
#include "engine/run.h"

#include <gtest/gtest.h>
#include <penstock/ledgers.h>
#include <penstock/testing.h>

#include <malloc.h>

#include <functional>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;
using testing::FunctionExecutor;
using testing::RecordingSink;

class PlainStep : public Step {
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

/// All of its calls go to one host.
class HostStep final : public PlainStep {
 public:
  Result<std::string> limit_key(std::string_view, std::string_view) const override {
    return std::string("host");
  }
};

/// Each of its items goes to a host of its own.
class ManyHostsStep final : public PlainStep {
 public:
  Result<std::string> limit_key(std::string_view value, std::string_view) const override {
    return std::string(value);
  }
};

/// A pipe that gives one item at a time: the next comes when those before are settled, and is told
/// of by an event.
class SlowPipe final : public Source {
 public:
  SlowPipe(testing::VirtualWaker& waker, std::uint64_t items) : waker_(waker), items_(items) {}
  Result<SourceState> read(std::size_t, std::vector<SourceItem>& out) override {
    if (given_ == items_) return SourceState::end;
    if (given_ > settled_) return SourceState::waiting;
    out.emplace_back().value = "{\"n\":" + std::to_string(given_++) + "}";
    return SourceState::items;
  }
  std::optional<std::uint64_t> total() const override { return std::nullopt; }
  Status skip(std::uint64_t count) override {
    given_ += count;
    return ok();
  }
  void settled_before(std::uint64_t ordinal) override {
    settled_ = ordinal;
    waker_.wake(Event::source_ready);
  }
  std::uint64_t settled() const { return settled_; }

 private:
  testing::VirtualWaker& waker_;
  std::uint64_t items_;
  std::uint64_t given_ = 0;
  std::uint64_t settled_ = 0;
};

/// The first call seems lost, is tried again, and then is answered after all: just before the
/// answer to the second attempt.
class LateExecutor final : public Executor {
 public:
  explicit LateExecutor(FunctionExecutor& executor) : executor_(executor) {}
  std::vector<FinishedCall> take_finished() override {
    std::vector<FinishedCall> finished = executor_.take_finished();
    if (finished.empty()) return finished;
    if (seen_++ == 0) {
      late_ = finished.front();
      finished.front().verdicts.front().outcome = Outcome::returned;
    } else if (seen_ == 2) {
      finished.insert(finished.begin(), late_);
    }
    return finished;
  }
  std::size_t room() const noexcept override { return executor_.room(); }
  void start(std::vector<Call> calls) override { executor_.start(std::move(calls)); }
  void cancel(CallId call, CancelMode mode) noexcept override { executor_.cancel(call, mode); }
  void resize(std::size_t workers, std::size_t concurrency) override {
    executor_.resize(workers, concurrency);
  }
  std::vector<WorkerState> workers() const override { return {}; }
  Status health() const override { return ok(); }

 private:
  FunctionExecutor& executor_;
  FinishedCall late_;
  int seen_ = 0;
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

  static std::vector<SourceItem> list_of(int items) {
    std::vector<SourceItem> list(static_cast<std::size_t>(items));
    for (int i = 0; i < items; ++i) {
      list[static_cast<std::size_t>(i)].value = "{\"n\":" + std::to_string(i) + "}";
    }
    return list;
  }

  /// Items {"n":0} ... through the plan; `answer` says what becomes of each call.
  Result<Summary> run(int items, const std::function<ItemVerdict(const CallItem&)>& answer) {
    testing::ListSource source(list_of(items));
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<RecordingSink>(rows_));
    LedgerOptions options;
    for (const PlannedStep& step : plan_.steps) options.step_names.push_back(step.name);
    auto ledger = make_memory_ledger(options, Retention::all, std::move(sinks), waker_);
    if (commit_every_ > 0ms) {
      ledger->hold();
      commit_now_and_then(*ledger);
    }
    FunctionExecutor executor(waker_, clock_, 4, [&](const Call& call) {
      ++calls_;
      FunctionExecutor::Answer answered{10ms, {}};
      answered.call.verdicts.push_back(answer(call.items.front()));
      return answered;
    });
    penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
    return engine.drive();
  }

  void commit_now_and_then(MemoryLedger& ledger) {
    waker_.at(clock_.now() + commit_every_, [this, &ledger] {
      ledger.commit(SIZE_MAX);
      commit_now_and_then(ledger);
    });
  }

  /// The same over any source.
  Result<Summary> run_over(Source& source) {
    auto ledger = make_memory_ledger({.step_names = {"first"}}, Retention::all, {}, waker_);
    FunctionExecutor executor(waker_, clock_, 4, [&](const Call&) {
      ++calls_;
      return FunctionExecutor::Answer{10ms, {}};
    });
    penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
    auto summary = engine.drive();
    leaves_ = static_cast<int>(ledger->reopen(waker_, {})->take_state().leaves);
    return summary;
  }

  /// An engine that is drained after some calls, and one that goes on: how many calls they make.
  int calls_of_two_lives(int items, int first_calls) {
    auto ledger = make_memory_ledger({.step_names = {"first"}}, Retention::all, {}, waker_);
    int calls = 0;
    for (const int drain_at : {first_calls, items + 1}) {
      testing::ListSource source(list_of(items));
      std::function<void()> drain;
      FunctionExecutor executor(waker_, clock_, 4, [&](const Call&) {
        if (++calls == drain_at) drain();
        return FunctionExecutor::Answer{10ms, {}};
      });
      penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
      drain = [&] { engine.drain(); };
      EXPECT_TRUE(engine.drive());
      ledger = ledger->reopen(waker_, {});
    }
    EXPECT_EQ(ledger->take_state().leaves, static_cast<std::uint64_t>(items));
    return calls;
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
  Duration commit_every_{0};  // Zero: what is queued is durable at once.
  int calls_ = 0;
  int leaves_ = 0;  // Of run_over(): what its ledger holds in the end.
};

TEST_F(RunTest, ARetryBeginsWhereTheStepSaysAndAsIt) {
  std::vector<std::string> seen;
  const auto summary = run(1, [&](const CallItem& item) {
    seen.push_back(item.hop + " " + std::to_string(item.hop_status));
    ItemVerdict verdict;
    verdict.outcome = seen.size() == 2 ? Outcome::failed : Outcome::moved;
    if (seen.size() == 2) verdict.error = {Errc::unavailable, "answered 503", "http.503"};
    if (seen.size() == 4) verdict.outcome = Outcome::done;
    verdict.link = verdict.outcome == Outcome::moved ? "http://b.test/" : "";
    verdict.moved_status = 303;
    return verdict;
  });
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(seen,
            (std::vector<std::string>{" 0", "http://b.test/ 303", " 0", "http://b.test/ 303"}));
}

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

TEST_F(RunTest, ALateAnswerOfAnEarlierAttemptIsDropped) {
  testing::ListSource source(list_of(1));
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<RecordingSink>(rows_));
  auto ledger =
      make_memory_ledger({.step_names = {"first"}}, Retention::all, std::move(sinks), waker_);
  FunctionExecutor answers(waker_, clock_, 4, [&](const Call&) {
    FunctionExecutor::Answer answered{10ms, {}};
    answered.call.verdicts.push_back(done(std::to_string(++calls_)));
    return answered;
  });
  LateExecutor executor(answers);
  penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
  ASSERT_TRUE(engine.drive());
  EXPECT_EQ(calls_, 2);
  ASSERT_EQ(rows_.size(), 1U);
  EXPECT_EQ(rows_.front().output, "2");
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

/// Not only as many as are read from the source at once.
TEST_F(RunTest, EveryPlaceIsTakenBeforeTheFirstAnswer) {
  constexpr std::size_t kPlaces = 3'000;
  testing::ListSource source(list_of(int{kPlaces} + 1'000));
  auto ledger = make_memory_ledger({.step_names = {"first"}}, Retention::all, {}, waker_);
  const TimePoint began = clock_.now();
  std::size_t at_once = 0;
  FunctionExecutor executor(waker_, clock_, kPlaces, [&](const Call&) {
    at_once += clock_.now() == began ? 1 : 0;
    return FunctionExecutor::Answer{10ms, {}};
  });
  penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
  ASSERT_TRUE(engine.drive());
  EXPECT_EQ(at_once, kPlaces);
}

TEST_F(RunTest, APipeIsReadOnWhenItsItemsAreInTheLedger) {
  SlowPipe pipe(waker_, 50);
  const auto summary = run_over(pipe);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->reason, StopReason::finished);
  EXPECT_EQ(calls_, 50);
  EXPECT_EQ(pipe.settled(), 50U);
}

/// Items of one host wait partly in memory and partly in the ledger. The next engine reads those
/// again that were in memory, and finds the later ones stored.
TEST_F(RunTest, WhatAnEarlierEnginePutAwayDoesNotHideWhatComesBeforeIt) {
  plan_.steps[0].step = std::make_shared<HostStep>();
  EXPECT_EQ(calls_of_two_lives(600, 20), 600) << "each once";
  plan_.steps[0].unique = *placeholders::Template::parse("{n}");
  EXPECT_EQ(calls_of_two_lives(600, 20), 600) << "each once";
}

/// Items that were taken back do not know what they equal. More of them wait than are read at once:
/// the later ones come when the answer is known.
TEST_F(RunTest, WhatWasTakenBackSharesAnswersToo) {
  plan_.steps[0].unique = *placeholders::Template::parse("u");  // The same for all.
  constexpr int kItems = 1'500;
  auto ledger = make_memory_ledger({.step_names = {"first"}}, Retention::all, {}, waker_);
  for (int i = 0; i < kItems; ++i) {
    Enrolment item;
    item.item = ItemId::of(StepIndex{0}, static_cast<std::uint64_t>(i));
    item.value = "{\"n\":" + std::to_string(i) + "}";
    ledger->enrol({item});
  }
  ledger = ledger->reopen(waker_, {});
  commit_every_ = 10ms;
  ledger->hold();
  commit_now_and_then(*ledger);
  testing::ListSource source(list_of(kItems));
  FunctionExecutor executor(waker_, clock_, 4, [&](const Call&) {
    ++calls_;
    return FunctionExecutor::Answer{10ms, {}};
  });
  penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
  const auto summary = engine.drive();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->snapshot.items.done, kItems);
  EXPECT_EQ(calls_, 1);
}

TEST_F(RunTest, WhoIsPassedOverAnswersNobody) {
  add_step("page");
  plan_.steps[1].unique = *placeholders::Template::parse("u");  // The same for all.
  plan_.steps[1].when = *placeholders::Comparison::parse("n >= 3");
  std::set<std::string> asked;
  ASSERT_TRUE(run(6, [&](const CallItem& item) {
    if (item.item.step() == StepIndex{1}) asked.insert(item.value);
    return done(item.item.step() == StepIndex{1} ? "\"page\"" : "1");
  }));
  EXPECT_EQ(asked.size(), 1U) << "one of the three that want it";
  std::size_t with_page = 0;
  for (const RecordingSink::Row& row : rows_) with_page += row.output == "\"page\"" ? 1 : 0;
  EXPECT_EQ(with_page, 3U);
  EXPECT_EQ(rows_.size(), 6U);
}

TEST_F(RunTest, WhatComesBeforeABreakInTheSourceIsDone) {
  class Breaking final : public Source {
   public:
    Result<SourceState> read(std::size_t, std::vector<SourceItem>& out) override {
      for (int i = 0; i < 8; ++i) out.emplace_back().value = "{\"n\":" + std::to_string(i) + "}";
      return Error{Errc::invalid, "rows.csv:9: a quote is never closed", "input.quote"};
    }
    std::optional<std::uint64_t> total() const override { return std::nullopt; }
    Status skip(std::uint64_t) override { return ok(); }
  } source;
  const auto summary = run_over(source);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().kind, "input.quote");
  EXPECT_EQ(calls_, 8);
  EXPECT_EQ(leaves_, 8);
}

TEST_F(RunTest, FailuresOfAnEarlierEngineDoNotStopTheNext) {
  plan_.failures.count_max = 3;
  auto ledger = make_memory_ledger({.step_names = {"first"}}, Retention::all, {}, waker_);
  const auto live = [&] {
    testing::ListSource source(list_of(20));
    FunctionExecutor executor(waker_, clock_, 1, [&](const Call&) {
      FunctionExecutor::Answer answer{10ms, {}};
      answer.call.verdicts.push_back(failed(Errc::rejected, "http.404"));
      return answer;
    });
    penstock::engine::Run engine(plan_, {clock_, waker_, source, *ledger, executor, 1});
    const auto summary = engine.drive();
    ledger = ledger->reopen(waker_, {});
    return summary ? summary->snapshot.items.failed : -1;
  };
  EXPECT_EQ(live(), 3);
  EXPECT_EQ(live(), 6);
}

TEST_F(RunTest, WhatHoldsARunBackIsTheLimitThatIsWaitedFor) {
  LimitOptions limit{.name = "slow"};
  limit.all.rates.push_back({1, 1s});
  plan_.limits.push_back(limit);
  plan_.steps[0].limits = {0};
  const auto summary = run(20, [](const CallItem&) { return done(); });
  ASSERT_TRUE(summary);
  EXPECT_NE(summary->snapshot.held_by.find("slow"), std::string::npos) << summary->snapshot.held_by;
  EXPECT_GT(summary->snapshot.lost.limits, 15s);
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

/// As many children as `each` gives elements; all of one queue.
ItemVerdict fanned_out(int children) {
  ItemVerdict verdict;
  verdict.outcome = Outcome::done;
  verdict.fans_out = true;
  for (int i = 0; i < children; ++i)
    verdict.elements.push_back("{\"i\":" + std::to_string(i) + "}");
  return verdict;
}

/// The first children wait in memory, the others in the ledger: nobody starts, and yet all must be
/// asked for.
TEST_F(RunTest, ChildrenThatPassThroughDoNotHideThoseInTheLedger) {
  add_step("second");
  plan_.steps[1].when = *placeholders::Comparison::parse("i < 0");
  commit_every_ = 10ms;
  ASSERT_TRUE(run(1, [](const CallItem&) { return fanned_out(1'000); }));
  EXPECT_EQ(rows_.size(), 1'000U);
  EXPECT_EQ(calls_, 1);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/// 40,000 children of as many hosts: half of them have room in memory, the ledger has all. Were
/// they all in memory, it would be 2,500 bytes.
TEST_F(RunTest, OfManyHostsOnlyAWindowIsInMemory) {
  constexpr int kHosts = 40'000;
  add_step("page");
  plan_.steps[1].step = std::make_shared<ManyHostsStep>();
  commit_every_ = 10ms;
  std::size_t before = 0;
  std::size_t most = 0;
  ASSERT_TRUE(run(1, [&](const CallItem& item) {
    if (item.item.step() == StepIndex{0}) {
      before = mallinfo2().uordblks;
      return fanned_out(kHosts);
    }
    if (calls_ % 1'000 == 2) most = std::max(most, mallinfo2().uordblks - before);
    return done();
  }));
  EXPECT_EQ(calls_, 1 + kHosts);
  EXPECT_LE(most / kHosts, 2'000U) << "bytes a host, those of the memory ledger included";
}
#endif

}  // namespace
}  // namespace penstock::engine
