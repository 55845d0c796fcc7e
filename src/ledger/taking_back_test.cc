// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A source that has changed: what is carried over, what goes, and what goes with it.
#include "ledger/taking_back.h"

#include <gtest/gtest.h>
#include <penstock/testing.h>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

using Keys = std::vector<std::string>;

std::vector<SourceItem> source_items(const std::vector<std::string>& values) {
  std::vector<SourceItem> items;
  for (const std::string& value : values) {
    items.push_back({.value = value, .key = value.substr(0, 2), .content = fingerprint(value)});
  }
  return items;
}

/// A run that has settled these, and its source is these now.
class ChangedSource : public ::testing::Test {
 protected:
  void settle(const std::vector<std::string>& values) {
    run_.open(sinks_into(file_));
    for (const std::string& value : values) {
      const std::uint64_t seq = run_.state.next_seq++;
      Verdict verdict = done(seq, item(0, run_.state.generation_start + seq - 1), value);
      verdict.key = value.substr(0, 2);
      run_.append(batch(verdict));
    }
    run_.close();
  }
  SourceChange change_to(const std::vector<std::string>& values, Identity identity) {
    testing::ListSource source(source_items(values));
    auto editor = run_.editor();
    const auto change = editor->match_source(source, identity);
    EXPECT_TRUE(change);
    EXPECT_TRUE(editor->begin_generation());
    editor.reset();
    run_.expect_sound();
    ContentSum sum;
    for (int life = 0; life < 2; ++life) {
      run_.open(sinks_into(file_));
      sum = {};
      for (std::size_t ordinal = 0; ordinal < values.size(); ++ordinal) {
        if (run_.state.settled.contains(ordinal)) sum.add(ordinal, fingerprint(values[ordinal]));
      }
      EXPECT_EQ(run_.state.settled_sum, sum);
      EXPECT_EQ(run_.state.settled.size(), change->carried);
      run_.close();
      run_.open();
    }
    return *change;
  }
  LineFile file_;  // Outlives the writer thread.
  TempRun run_;
};

TEST_F(ChangedSource, ShuffledItemsAreNotRunAgain) {
  settle({"a1", "b1", "c1"});
  const SourceChange change = change_to({"c1", "a1", "b1"}, Identity::content);
  EXPECT_EQ(change.carried, 3U);
  EXPECT_EQ(change.fresh + change.removed + change.changed, 0U);
  EXPECT_EQ(run_.state.generation_start, 3U);
  EXPECT_EQ(run_.state.leaves, 3U);
  EXPECT_EQ(file_.lines.size(), 3U);
}

TEST_F(ChangedSource, RowsOfRemovedItemsGo) {
  settle({"a1", "b1", "c1"});
  const SourceChange change = change_to({"b1", "x1"}, Identity::content);
  EXPECT_EQ(change.removed, 2U);
  EXPECT_EQ(change.fresh, 1U);
  EXPECT_EQ(run_.state.leaves, 1U);
  EXPECT_TRUE(run_.state.settled.contains(0));
  EXPECT_EQ(file_.lines, Keys{"search b1 <> ok  b1 1"});
}

TEST_F(ChangedSource, AChangedRowIsRunAgain) {
  settle({"a1 one", "b1 one"});
  const SourceChange change = change_to({"b1 two", "a1 one"}, Identity::key);
  EXPECT_EQ(change.changed, 1U);
  EXPECT_EQ(change.carried, 1U);
  EXPECT_FALSE(run_.state.settled.contains(0));
}

TEST_F(ChangedSource, ItMayChangeAgainAndAgain) {
  settle({"a1", "b1", "c1", "d1"});
  change_to({"d1", "c1", "b1"}, Identity::content);
  run_.close();
  run_.open();
  Verdict fresh = done(run_.state.next_seq, item(0, run_.state.generation_start + 5), "e1");
  run_.append(batch(fresh));
  run_.close();
  const SourceChange change = change_to({"e1", "b1", "d1", "a1"}, Identity::content);
  EXPECT_EQ(change.carried, 3U);
  EXPECT_EQ(change.removed, 1U) << "c1";
  EXPECT_EQ(change.fresh, 1U) << "a1 was removed before";
}

TEST_F(ChangedSource, WhatIsBelowARemovedItemGoesToo) {
  run_.open(sinks_into(file_));
  const Verdict gone = with_children(done(1, item(0, 0), "{\"q\":1}"), 0, {"{}", "{}"});
  const Verdict stays = with_children(done(2, item(0, 1), "{\"q\":2}"), 2, {"{}"});
  run_.append(batch(gone, stays));
  const Verdict page = with_children(done(3, gone.children[0]), 0, {"{}"});
  run_.append(batch(page, done(4, stays.children[0])));
  run_.append(batch(done(5, page.children[0])));
  run_.close();
  change_to({"{\"q\":2}"}, Identity::content);
  EXPECT_EQ(run_.state.leaves, 1U);
  EXPECT_TRUE(run_.state.pending.empty());
  EXPECT_EQ(file_.lines.size(), 1U);
}

TEST_F(ChangedSource, AnAnswerOutlivesItsItem) {
  run_.open(sinks_into(file_));
  Verdict gone = done(1, item(0, 0), "a1", "\"paid\"");
  gone.unique = fingerprint("u");
  run_.append(batch(gone));
  run_.close();
  change_to({"b1"}, Identity::content);
  Enrolment equal = waiting(item(0, run_.state.generation_start), "b1");
  equal.unique = fingerprint("u");
  run_.settle(run_.ledger().enrol({equal}));
  const Refill found = run_.refill(0);
  ASSERT_TRUE(found.items.at(0).answer);
  EXPECT_EQ(found.items.at(0).answer->output, "\"paid\"");
}

TEST_F(ChangedSource, ItemsPutAwayAreReadFromTheNewSource) {
  settle({"a1"});
  run_.open();
  Enrolment away = waiting(item(0, 1), "b1", "host");
  away.content = fingerprint("b1");
  run_.settle(run_.ledger().enrol({away}));
  run_.close();
  change_to({"b1", "a1"}, Identity::content);
  EXPECT_FALSE(run_.state.settled.contains(0));
  EXPECT_TRUE(run_.state.pending.empty());
}

}  // namespace
}  // namespace penstock::ledger
