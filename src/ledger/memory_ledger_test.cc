// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What only the memory ledger can do: be held, crash at a chosen call, and forget.
#include <gtest/gtest.h>
#include <penstock/ledgers.h>

#include "ledger/contract_test.h"
#include "ledger/memory_store.h"

namespace penstock::ledger {
namespace {

const LedgerOptions kOptions{.step_names = {"search", "page"}};

TEST(MemoryLedger, HeldItCommitsOnlyWhatItIsTold) {
  WaitingWaker waker;
  const auto ledger = make_memory_ledger(kOptions, Retention::all, {}, waker);
  ledger->hold();
  const Ticket first = ledger->append(batch(done(1, item(0, 0), "{}")));
  const Ticket second = ledger->append(batch(done(2, item(0, 1), "{}")));
  ledger->request_pending(StepIndex{0}, "", {}, 10);
  EXPECT_LT(ledger->durable(), first);
  EXPECT_GT(ledger->backlog_bytes(), 0U);
  ledger->commit(1);
  EXPECT_EQ(ledger->durable(), first);
  EXPECT_TRUE(ledger->take_refills().empty());
  ledger->release();
  EXPECT_GE(ledger->durable(), second);
  EXPECT_EQ(ledger->take_refills().size(), 1U);
  EXPECT_EQ(ledger->backlog_bytes(), 0U);
}

TEST(MemoryLedger, ACrashLosesWhatWasNotCommitted) {
  WaitingWaker waker;
  LineFile file;
  const auto first = make_memory_ledger(kOptions, Retention::all, sinks_into(file), waker);
  first->take_state();
  first->hold();
  first->append(batch(done(1, item(0, 0), "{}")));
  first->append(batch(done(2, item(0, 1), "{}")));
  first->put_note("limit", "5");
  first->commit(1);
  const auto second = first->reopen(waker, sinks_into(file));
  const LedgerState state = second->take_state();
  EXPECT_EQ(state.next_seq, 2U);
  EXPECT_FALSE(state.settled.contains(1));
  EXPECT_TRUE(state.notes.empty());
  EXPECT_EQ(file.lines.size(), 1U);
}

std::string context(MemoryStore& store, const Enrolment& child) {
  Ancestry ancestry(store, kOptions.step_names);
  const auto found = ancestry.context(child.item.step(), child.parent);
  if (!found) return found.error().kind;
  return *found ? **found : "none";
}

TEST(MemoryStore, ForgetsWhatNothingPendingIsBelow) {
  MemoryStore store(Retention::needed);
  const Verdict first = with_children(done(1, item(0, 0), R"({"q":1})"), 0, {"{}", "{}"});
  store.add(first);
  store.add(done(2, item(0, 1), "{}"));
  EXPECT_FALSE(store.lineage(Seq{2})) << "a leaf is never asked for";

  const Verdict second = with_children(done(3, first.children[0]), 0, {"{}"});
  store.add(second);
  store.add(done(4, first.children[1]));
  EXPECT_EQ(context(store, second.children[0]), R"({"page":1,"parent":{"q":1,"search":1}})");

  store.add(done(5, second.children[0]));
  EXPECT_FALSE(store.lineage(Seq{3}));
  EXPECT_FALSE(store.lineage(Seq{1}));
}

TEST(MemoryStore, KeepsEverythingWhenAsked) {
  MemoryStore store(Retention::all);
  const Verdict first = with_children(done(1, item(0, 0), "{}"), 0, {"{}"});
  store.add(first);
  store.add(done(2, first.children[0]));
  EXPECT_TRUE(store.lineage(Seq{1}));
  EXPECT_TRUE(store.lineage(Seq{2}));
}

}  // namespace
}  // namespace penstock::ledger
