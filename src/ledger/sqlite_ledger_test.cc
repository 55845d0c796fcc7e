// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The SQLite ledger as a whole: its thread, its lock, what it does by itself.
#include <gtest/gtest.h>
#include <penstock/ledgers.h>
#include <unistd.h>

#include <filesystem>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

using Lines = std::vector<std::string>;

TEST(SqliteLedger, ASecondEngineIsRefused) {
  TempRun run;
  run.open();
  WaitingWaker waker;
  const auto second = open_sqlite_ledger(run.folder(), run.options, {}, waker);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, "lock.held");
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
  run.append(batch(done(1, item(0, 0), "{}")));
}

TEST(SqliteLedger, AVerdictIsCommittedWithoutHurry) {
  TempRun run;
  Ledger& ledger = run.open();
  WaitingWaker waker;
  const Ticket ticket = ledger.append(batch(done(1, item(0, 0), "{}")));
  while (ledger.durable() < ticket) ASSERT_TRUE(ledger.health());
  EXPECT_EQ(ledger.backlog_bytes(), 0U);
}

TEST(SqliteLedger, ManyAreCommittedTogether) {
  TempRun run;
  run.open();
  Ticket last{};
  for (std::uint64_t seq = 1; seq <= 20'000; ++seq) {
    last = run.ledger().append(batch(done(seq, item(0, seq - 1), "{}")));
  }
  run.settle(last);
  run.crash();
  run.open();
  EXPECT_EQ(run.state.next_seq, 20'001U);
  EXPECT_EQ(run.state.settled.intervals(), (std::vector<IntervalSet::Interval>{{0, 20'000}}));
}

TEST(SqliteLedger, WhatIsQueuedIsLostWithItsOwner) {
  TempRun run;
  run.options.commit_interval = std::chrono::hours(1);
  run.open();
  run.append(batch(done(1, item(0, 0), "{}")));
  run.ledger().append(batch(done(2, item(0, 1), "{}")));
  run.crash();
  run.open();
  EXPECT_EQ(run.state.next_seq, 2U);
}

TEST(SqliteLedger, ClosingCommitsWhatIsQueued) {
  LineFile file;
  TempRun run;
  run.options.commit_interval = std::chrono::hours(1);
  run.options.sink_sync_interval = std::chrono::hours(1);
  run.open(sinks_into(file));
  run.ledger().append(batch(done(1, item(0, 0), "{}")));
  run.close();
  EXPECT_EQ(file.lines, Lines{"search 1 <> ok  {} 1"});
  EXPECT_EQ(file.synced, 2U) << "when it was new, and at the end";
  run.open(sinks_into(file));
  EXPECT_TRUE(run.state.closed_cleanly);
  EXPECT_EQ(run.state.next_seq, 2U);
  EXPECT_EQ(file.lines.size(), 1U);
}

TEST(SqliteLedger, ARemovedLedgerIsNoticedWithoutACommit) {
  TempRun run;
  run.open();
  std::filesystem::remove(run.database());
  EXPECT_EQ(run.failure(), "ledger.replaced");
  EXPECT_FALSE(run.ledger().close());
}

TEST(SqliteLedger, AfterAnErrorNothingIsClaimed) {
  TempRun run;
  run.open();
  run.append(batch(done(1, item(0, 0), "{}")));
  std::filesystem::resize_file(run.database(), 4096);
  const Ticket lost = run.ledger().append(batch(done(2, item(0, 1), "{}")));
  run.ledger().hurry();
  EXPECT_NE(run.failure(), "");
  run.ledger().put_note("a", "b");
  EXPECT_FALSE(run.ledger().close());
  EXPECT_LT(run.ledger().durable(), lost);
}

TEST(SqliteLedger, AnswersMayBeLarge) {
  TempRun run;
  run.open();
  const std::string large = "\"" + std::string(50'000, 'x') + "\"";
  Verdict leader = done(1, item(0, 0), "{}", large);
  leader.unique = fingerprint("u");
  run.append(batch(leader));
  run.crash();
  run.open();
  Enrolment later = waiting(item(0, 1), "{}");
  later.unique = leader.unique;
  run.settle(run.ledger().enrol({later}));
  EXPECT_EQ(run.refill(0).items.at(0).answer->output, large);
  run.expect_sound();
}

TEST(SqliteLedger, StepNamesAreThoseOfTheLatestJob) {
  TempRun run;
  run.open();
  run.close();
  run.options.step_names = {"find", "read"};
  run.open();
  EXPECT_EQ(run.reader()->overview()->step_names, (Lines{"find", "read"}));
}

TEST(SqliteLedger, AFolderThatIsMissingIsAnError) {
  WaitingWaker waker;
  EXPECT_FALSE(open_sqlite_ledger("/proc/there is no such folder", {}, {}, waker));
}

}  // namespace
}  // namespace penstock::ledger
