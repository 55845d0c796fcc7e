// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What may be done to a ledger between two runs.
#include <gtest/gtest.h>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

using Keys = std::vector<std::string>;

/// Two searches; the first has three pages of which the second fails, and one text.
class EditorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    run_.open(sinks_into(file_));
    const Verdict first = with_children(done(1, item(0, 0), R"({"q":"a"})", "5"), 0,
                                        {R"({"u":1})", R"({"u":2})", R"({"u":3})"}, "host");
    run_.append(batch(first, failed(2, item(0, 1), R"({"q":"b"})", "http.500")));
    Verdict second = done(4, first.children[1], "");
    second.status = ItemStatus::failed;
    second.kind = "http.404";
    second.error = "not found";
    const Verdict page = with_children(done(3, first.children[0], "6"), 0, {R"({"t":1})"});
    run_.append(batch(page, second));
    run_.append(batch(done(5, page.children[0], "7")));
    run_.close();
  }

  /// As after `retry`, `run`: open, and look.
  void reopen() {
    run_.expect_sound();
    run_.open(sinks_into(file_));
  }

  LineFile file_;  // Outlives the writer thread.
  TempRun run_;
};

TEST_F(EditorTest, FailuresAreCountedAsTheyAreChosen) {
  const auto editor = run_.editor();
  EXPECT_EQ(*editor->count_failed({}), 2U);
  EXPECT_EQ(*editor->count_failed({.kinds = {"http.404"}}), 1U);
  EXPECT_EQ(*editor->count_failed({.kinds = {"http"}}), 2U);
  EXPECT_EQ(*editor->count_failed({.kinds = {"htt", "http.4"}}), 0U) << "not any first letters";
  EXPECT_EQ(*editor->count_failed({.kinds = {"http.404", "http.500"}}), 2U);
  EXPECT_EQ(*editor->count_failed({.keys = {"2"}}), 1U) << "called by its number";
  EXPECT_EQ(*editor->count_failed({.keys = {"1/2", "1/1"}}), 1U) << "only one of them failed";
  EXPECT_EQ(*editor->count_failed({.step = StepIndex{1}}), 1U);
  EXPECT_EQ(*editor->count_failed({.kinds = {"http.500"}, .step = StepIndex{1}}), 0U);
  EXPECT_EQ(*editor->count_failed({.keys = {"' OR 1 --"}}), 0U);
}

TEST_F(EditorTest, AFailureIsPendingAgain) {
  EXPECT_EQ(*run_.editor()->reopen_failed({.kinds = {"http.404"}}), 1U);
  reopen();
  EXPECT_EQ(run_.state.leaves, 2U);
  EXPECT_EQ((run_.state.settled_counts.count({1, ItemStatus::failed})), 0U);
  const Refill found = run_.refill(1);
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items[0].item.key, "1/2");
  EXPECT_EQ(found.items[0].item.value, R"({"u":2})");
  EXPECT_EQ(found.items[0].item.index, 1U);
  EXPECT_EQ(found.items[0].item.attempts, 0U);
  EXPECT_EQ(*found.items[0].context, R"({"q":"a","search":5})");
}

TEST_F(EditorTest, RowsOfWhatWasTakenBackGo) {
  ASSERT_EQ(file_.lines.size(), 3U);
  EXPECT_EQ(*run_.editor()->reopen_failed({.kinds = {"http.404"}}), 1U);
  reopen();
  run_.append(batch(done(6, run_.refill(1).items.at(0).item, "8")));
  run_.close();
  const std::string page = R"({"u":1,"page":6,"parent":{"q":"a","search":5}})";
  EXPECT_EQ(file_.lines, (Keys{R"(search 2 <> failed http.500 {"q":"b"} )",
                               R"(text 1/1/1 <1/1> ok  {"t":1,"parent":)" + page + "} 7",
                               R"(page 1/2 <1> ok  {"u":2,"parent":{"q":"a","search":5}} 8)"}));
}

TEST_F(EditorTest, AFirstStepFailureIsNotReadFromTheSourceAgain) {
  EXPECT_EQ(*run_.editor()->reopen_failed({.kinds = {"http.500"}}), 1U);
  ContentSum sum;
  sum.add(0, fingerprint(R"({"q":"a"})"));
  sum.add(1, fingerprint(R"({"q":"b"})"));
  for (int life = 0; life < 2; ++life) {
    reopen();
    EXPECT_TRUE(run_.state.settled.contains(1));
    EXPECT_EQ(run_.state.settled_sum, sum);
    EXPECT_EQ((run_.state.pending[{0, ""}]), 1U);
    EXPECT_EQ(run_.refill(0).items.at(0).item.content, fingerprint(R"({"q":"b"})"));
    run_.crash();
  }
}

TEST_F(EditorTest, NothingChosenChangesNothing) {
  EXPECT_EQ(*run_.editor()->reopen_failed({.kinds = {"dns"}}), 0U);
  const Keys before = file_.lines;
  reopen();
  EXPECT_EQ(run_.state.leaves, 3U);
  run_.close();
  EXPECT_EQ(file_.lines, before);
}

TEST_F(EditorTest, ForgettingAStepDoesItAndWhatFollowsAgain) {
  const auto counts = run_.editor()->forget_step(StepIndex{1});
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->verdicts, 3U);
  EXPECT_EQ(counts->again, 2U);
  EXPECT_EQ(counts->pending_removed, 0U);
  reopen();
  EXPECT_EQ(run_.pending_keys(1), (Keys{"1/1", "1/2", "1/3"})) << "1/3 was waiting before";
  EXPECT_TRUE(run_.pending_keys(1, "host").empty()) << "where it goes may have changed";
  EXPECT_TRUE(run_.pending_keys(2).empty());
  EXPECT_EQ(run_.state.leaves, 1U);
  run_.close();
  EXPECT_EQ(file_.lines, Keys{R"(search 2 <> failed http.500 {"q":"b"} )"});
}

TEST_F(EditorTest, ForgettingTheFirstStepReadsTheSourceAgain) {
  EXPECT_EQ(run_.editor()->forget_step(StepIndex{0})->again, 2U);
  reopen();
  EXPECT_EQ(run_.state.settled.size(), 0U);
  EXPECT_EQ(run_.state.settled_sum, ContentSum{});
  EXPECT_TRUE(run_.state.pending.empty());
  EXPECT_EQ(run_.state.leaves, 0U);
  EXPECT_EQ(run_.state.next_seq, 6U);
  EXPECT_EQ(run_.state.next_sequence[1], 3U) << "numbers are not used twice";
  run_.append(batch(done(6, item(0, 0), R"({"q":"a"})")));
  run_.close();
  EXPECT_EQ(file_.lines, Keys{R"(search 1 <> ok  {"q":"a"} 1)"});
}

TEST_F(EditorTest, CountingForgetsNothing) {
  EXPECT_EQ(run_.editor()->count_forgotten(StepIndex{1})->again, 2U);
  EXPECT_EQ(run_.editor()->count_forgotten(StepIndex{2})->verdicts, 1U);
  EXPECT_EQ(run_.editor()->count_forgotten(StepIndex{0})->pending_removed, 1U);
  reopen();
  EXPECT_EQ(run_.state.leaves, 3U);
}

TEST_F(EditorTest, AnEditorIsRefusedWhileAnEngineRuns) {
  run_.open();
  const auto editor = open_ledger_editor(run_.folder());
  ASSERT_FALSE(editor);
  EXPECT_EQ(editor.error().kind, "lock.held");
}

TEST_F(EditorTest, NotesAreReplaced) {
  EXPECT_TRUE(run_.editor()->put_note("step page", "fingerprint"));
  reopen();
  EXPECT_EQ(run_.state.notes.at("step page"), "fingerprint");
}

TEST(Editor, WithoutALedgerThereIsNothingToEdit) {
  TempRun run;
  const auto editor = open_ledger_editor(run.folder());
  ASSERT_FALSE(editor);
  EXPECT_EQ(editor.error().kind, "ledger.missing");
}

TEST(Editor, SubscribersOfAFailureShareTheNextCallToo) {
  TempRun run;
  run.open();
  Verdict leader = failed(1, item(0, 0), R"({"q":1})", "http.500");
  leader.unique = fingerprint("u");
  Verdict follower = failed(2, item(0, 1), R"({"q":2})", "http.500");
  follower.origin = leader.seq;
  run.append(batch(leader, follower));
  run.close();
  EXPECT_EQ(*run.editor()->reopen_failed({.keys = {"2"}}), 1U);
  run.expect_sound();
  run.open();
  const Refill found = run.refill(0);
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items[0].item.unique, fingerprint("u"));
  EXPECT_FALSE(found.items[0].answer) << "it is asked again";
}

TEST(Editor, AFailedPageKnowsWhereItWasToGo) {
  TempRun run;
  run.open();
  Verdict first = done(1, item(0, 0), "{}");
  Enrolment page = waiting(item(0, ItemId::kEnrolledStart), "{}");
  page.parent = first.seq;
  page.index = 1;
  page.key = "1@2";
  page.hop = "http://a/?page=2";
  first.children = {page};
  run.append(batch(first));
  Verdict failure = failed(2, page.item, "{}", "http.500");
  failure.parent = page.parent;
  failure.key = page.key;
  // Refused before it was enrolled: there is nowhere to go.
  Verdict refused = failed(3, item(0, ItemId::kEnrolledStart + 1), "{}", "page.cycle");
  refused.parent = first.seq;
  run.append(batch(failure, refused));
  run.close();
  EXPECT_EQ(*run.editor()->reopen_failed({}), 1U);
  run.expect_sound();
  run.open();
  EXPECT_EQ(run.refill(0).items.at(0).item.hop, "http://a/?page=2");
}

}  // namespace
}  // namespace penstock::ledger
