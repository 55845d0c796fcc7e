// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A step more behind the last, and a step less: what is stored stays, and nothing stands twice.
#include "ledger/last_step.h"

#include <gtest/gtest.h>
#include <penstock/testing.h>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

using Keys = std::vector<std::string>;

constexpr StepIndex kSearch{0};
constexpr StepIndex kPage{1};
const Notes kNotes{{"job.steps", "2"}};

Verdict not_kept(Verdict verdict) {
  verdict.keep_output = false;
  return verdict;
}

/// The page behind this verdict, which is one of its step.
Verdict with_page(Verdict verdict, std::uint64_t number) {
  Enrolment page = waiting(item(0, ItemId::kEnrolledStart + number), verdict.value);
  page.parent = verdict.seq;
  page.index = 1;
  page.key = "1@" + std::to_string(number + 2);
  page.hop = "http://a/?page=2";
  verdict.children = {page};
  return verdict;
}

/// A job of one step, `search`: one result, one that shares its output, one that failed, one with
/// a large output.
class LastStepTest : public ::testing::Test {
 protected:
  void settle_all() {
    run_.options.step_names = {"search"};
    run_.open(sinks_into(file_));
    Verdict shared = done(1, item(0, 0), R"({"q":"a"})", "5");
    shared.unique = fingerprint("u");
    Verdict follower = done(2, item(0, 1), R"({"q":"b"})", "5");
    follower.key = "bee";
    follower.origin = shared.seq;
    run_.append(batch(shared, follower, failed(3, item(0, 2), R"({"q":"c"})", "http.404"),
                      done(4, item(0, 3), R"({"q":"d"})", large_)));
    run_.close();
  }

  ExtensionCounts extend(StepIndex last) {
    const auto counts = run_.editor()->extend_behind(last, kNotes);
    EXPECT_TRUE(counts);
    run_.options.step_names = {"search", "page", "text"};
    return *counts;
  }
  void reopen() {
    run_.expect_sound();
    run_.open(sinks_into(file_));
  }

  const std::string large_ = '"' + std::string(5'000, 'x') + '"';
  LineFile file_;  // Outlives the writer thread.
  TempRun run_;
};

TEST_F(LastStepTest, ResultsAreTheInputOfTheStepBehind) {
  settle_all();
  EXPECT_EQ(run_.editor()->count_extended(kSearch)->adopted, 3U);
  const ExtensionCounts counts = extend(kSearch);
  EXPECT_EQ(counts.adopted, 3U);
  EXPECT_EQ(counts.again, 0U);
  reopen();
  EXPECT_EQ(run_.state.settled.size(), 4U) << "nothing is read from the source again";
  EXPECT_EQ(run_.state.leaves, 1U) << "what failed stays a result";
  EXPECT_EQ(run_.state.notes.at("job.steps"), "2");
  EXPECT_FALSE(run_.state.pending.contains({0, ""}));
  const Refill found = run_.refill(1);
  ASSERT_EQ(found.items.size(), 3U);
  EXPECT_EQ(run_.pending_keys(1), (Keys{"1", "bee", "4"}));
  EXPECT_EQ(*found.items[0].context, R"({"q":"a","search":5})");
  EXPECT_EQ(*found.items[1].context, R"({"q":"b","search":5})") << "of the one that it shares";
  EXPECT_EQ(*found.items[2].context, R"({"q":"d","search":)" + large_ + "}");
  EXPECT_EQ(found.items[0].item.value, "{}");
  EXPECT_EQ(found.items[0].item.attempts, 0U);
  run_.append(batch(done(5, found.items[0].item, "6")));
  run_.close();
  run_.expect_sound();
  EXPECT_EQ(file_.lines, (Keys{R"(search 3 <> failed http.404 {"q":"c"} )",
                               R"(page 1 <1> ok  {"parent":{"q":"a","search":5}} 6)"}));
}

TEST_F(LastStepTest, CountingChangesNothing) {
  settle_all();
  EXPECT_EQ(run_.editor()->count_extended(kSearch)->adopted, 3U);
  reopen();
  EXPECT_EQ(run_.state.leaves, 4U);
  EXPECT_TRUE(run_.state.pending.empty());
}

TEST_F(LastStepTest, ASecondTimeThereIsNothingToDo) {
  settle_all();
  extend(kSearch);
  EXPECT_EQ(extend(kSearch).adopted, 0U);
  reopen();
  EXPECT_EQ(run_.pending_keys(1).size(), 3U);
}

TEST_F(LastStepTest, WhatIsTriedAgainGetsItsChildFromTheEngine) {
  settle_all();
  EXPECT_EQ(*run_.editor()->reopen_failed({}), 1U);
  EXPECT_EQ(extend(kSearch).adopted, 3U);
  reopen();
  EXPECT_EQ(run_.pending_keys(0), Keys{"3"});
  EXPECT_EQ(run_.pending_keys(1).size(), 3U);
}

TEST_F(LastStepTest, NumbersAreNotUsedTwice) {
  settle_all();
  extend(kSearch);
  reopen();
  const std::uint64_t next = run_.state.next_sequence[1];
  for (const PendingItem& pending : run_.refill(1).items)
    EXPECT_LT(pending.item.item.sequence(), next);
  run_.close();
  EXPECT_EQ(*run_.editor()->drop_behind(kSearch, {}), 0U);
  extend(kSearch);
  reopen();
  for (const PendingItem& pending : run_.refill(1).items)
    EXPECT_GE(pending.item.item.sequence(), next);
}

TEST_F(LastStepTest, OnlyOutputsThatWereNotKeptAreAskedForAgain) {
  run_.open(sinks_into(file_));
  const Verdict parent = with_children(done(1, item(0, 0), R"({"q":"a"})", "5"), 0,
                                       {R"({"u":1})", R"({"u":2})", R"({"u":3})"});
  run_.append(batch(parent, failed(2, item(0, 1), R"({"q":"b"})", "dns")));
  Verdict passed_over = not_kept(done(5, parent.children[2], ""));
  run_.append(batch(not_kept(done(3, parent.children[0], "6")), done(4, parent.children[1], "7"),
                    passed_over));
  run_.close();
  ASSERT_EQ(file_.lines.size(), 4U);
  EXPECT_EQ(run_.editor()->count_extended(kPage)->again, 1U);
  const ExtensionCounts counts = extend(kPage);
  EXPECT_EQ(counts.adopted, 2U);
  EXPECT_EQ(counts.again, 1U);
  reopen();
  EXPECT_EQ(run_.state.leaves, 1U);
  EXPECT_EQ((run_.state.settled_counts[{1, ItemStatus::ok}]), 2U);
  EXPECT_EQ(run_.pending_keys(2), (Keys{"1/2", "1/3"}));
  const Refill again = run_.refill(1);
  ASSERT_EQ(again.items.size(), 1U);
  EXPECT_EQ(again.items[0].item.key, "1/1");
  EXPECT_EQ(again.items[0].item.value, R"({"u":1})");
  EXPECT_EQ(*again.items[0].context, R"({"q":"a","search":5})");
  run_.close();
  EXPECT_EQ(file_.lines, Keys{R"(search 2 <> failed dns {"q":"b"} )"});
}

TEST_F(LastStepTest, AnItemOfTheSourceRunsAgainWithoutBeingRead) {
  run_.options.step_names = {"search"};
  run_.open(sinks_into(file_));
  run_.append(
      batch(not_kept(done(1, item(0, 0), R"({"q":"a"})")), done(2, item(0, 1), R"({"q":"b"})")));
  run_.close();
  EXPECT_EQ(extend(kSearch).again, 1U);
  reopen();
  EXPECT_EQ(run_.state.settled.size(), 2U);
  EXPECT_EQ(run_.pending_keys(0), Keys{"1"});
  EXPECT_EQ(run_.refill(0).items.at(0).item.content, fingerprint(R"({"q":"a"})"));
  EXPECT_EQ(run_.pending_keys(1), Keys{"2"});
}

/// Three pages, of which the second was not kept: it cannot be asked for alone.
TEST_F(LastStepTest, AChainWithAPageThatWasNotKeptBeginsAnew) {
  run_.options.step_names = {"search"};
  run_.open(sinks_into(file_));
  const Verdict first = with_page(done(1, item(0, 0), R"({"q":"a"})"), 0);
  run_.append(batch(first, done(2, item(0, 1), R"({"q":"b"})")));
  const Verdict second = with_page(not_kept(done(3, first.children[0])), 1);
  run_.append(batch(second));
  const Verdict third = with_page(done(4, second.children[0]), 2);
  run_.append(batch(third));
  run_.close();
  EXPECT_EQ(file_.lines.size(), 4U);
  const ExtensionCounts counts = extend(kSearch);
  EXPECT_EQ(counts.again, 1U);
  EXPECT_EQ(counts.adopted, 1U);
  reopen();
  EXPECT_EQ(run_.pending_keys(0), Keys{"1"}) << "the fourth page goes with the chain";
  EXPECT_EQ(run_.pending_keys(1), Keys{"2"});
  EXPECT_EQ(run_.state.leaves, 0U);
}

TEST_F(LastStepTest, PagesOfAChainEachGoOn) {
  run_.options.step_names = {"search"};
  run_.open(sinks_into(file_));
  const Verdict first = with_page(done(1, item(0, 0), R"({"q":"a"})", "5"), 0);
  run_.append(batch(first));
  run_.append(batch(done(2, first.children[0], "6")));
  run_.close();
  EXPECT_EQ(extend(kSearch).adopted, 2U);
  reopen();
  const Refill found = run_.refill(1);
  EXPECT_EQ(run_.pending_keys(1), (Keys{"1", "1@2"}));
  EXPECT_EQ(*found.items.at(1).context, R"({"q":"a","search":6})");
}

TEST_F(LastStepTest, WithoutTheStepsBehindParentsAreResultsAgain) {
  settle_all();
  const Keys before = file_.lines;
  extend(kSearch);
  reopen();
  const Refill found = run_.refill(1);
  Verdict page = done(5, found.items.at(0).item, "6");
  page.unique = fingerprint("p");
  Verdict failure = done(6, found.items.at(1).item, "");
  failure.status = ItemStatus::failed;
  failure.kind = "http.500";
  run_.append(batch(with_children(page, 0, {"{}"}), failure));
  run_.close();
  EXPECT_EQ(*run_.editor()->count_behind(kSearch), 2U);
  EXPECT_EQ(*run_.editor()->drop_behind(kSearch, {{"job.steps", "1"}}), 2U);
  run_.options.step_names = {"search"};
  reopen();
  EXPECT_EQ(run_.state.notes.at("job.steps"), "1");
  EXPECT_EQ(run_.state.leaves, 4U);
  EXPECT_TRUE(run_.state.pending.empty());
  EXPECT_FALSE((run_.state.settled_counts.contains({1, ItemStatus::ok})));
  run_.close();
  EXPECT_EQ(file_.lines, before);
}

TEST_F(LastStepTest, ASourceThatHasChangedTakesAdoptedItemsAlong) {
  settle_all();
  extend(kSearch);
  testing::ListSource source(
      {SourceItem{.value = R"({"q":"d"})", .key = "", .content = fingerprint(R"({"q":"d"})")}});
  auto editor = run_.editor();
  ASSERT_TRUE(editor->match_source(source, Identity::content));
  ASSERT_TRUE(editor->begin_generation());
  editor.reset();
  reopen();
  EXPECT_EQ(run_.pending_keys(1), Keys{"4"});
}

}  // namespace
}  // namespace penstock::ledger
