// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the tables hold after a verdict, and that nothing on the way of every item scans.
#include "ledger/tables.h"

#include <gtest/gtest.h>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

class TablesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    run_.open();
    run_.close();
    database_.emplace(std::move(*Database::open(run_.database(), Access::write)));
    tables_.emplace(std::move(*Tables::open(*database_)));
    ASSERT_TRUE(tables_->begin());
  }
  std::int64_t number(const char* sql) { return *database_->query_integer(sql); }

  TempRun run_;
  std::optional<Database> database_;
  std::optional<Tables> tables_;
};

TEST_F(TablesTest, ANoOpItemCostsFortyBytes) {
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    Verdict verdict = done(i + 1, item(0, i), "{\"n\":" + std::to_string(i) + "}", "");
    verdict.started_ms = 1'800'000'000'000;
    verdict.elapsed_us = 17;
    ASSERT_TRUE(tables_->add(verdict, Place{}));
  }
  ASSERT_TRUE(tables_->commit());
  const std::int64_t pages = number("SELECT count(*) FROM dbstat WHERE name = 'verdict'");
  const std::int64_t values = number("SELECT sum(length(value)) FROM verdict");
  EXPECT_LE((pages * 4096 - values) / 100'000, 40);
}

TEST_F(TablesTest, FingerprintsThatTheValueTellsAreNotStored) {
  ASSERT_TRUE(tables_->add(done(1, item(0, 0), "{}"), Place{}));
  EXPECT_EQ(number("SELECT content IS NULL FROM verdict WHERE seq = 1"), 1);
  Verdict other = done(2, item(0, 1), "{}");
  other.content = fingerprint("something else");
  ASSERT_TRUE(tables_->add(other, Place{}));
  EXPECT_EQ(number("SELECT length(content) FROM verdict WHERE seq = 2"), 16);
  ASSERT_TRUE(tables_->add(done(3, item(0, 2), std::string(1000, ' ')), Place{}));
  EXPECT_EQ(number("SELECT length(content) FROM verdict WHERE seq = 3"), 16) << "not hashed again";
  ASSERT_TRUE(tables_->add(done(4, item(1, 0), "{}"), Place{}));
  EXPECT_EQ(number("SELECT content IS NULL FROM verdict WHERE seq = 4"), 1) << "nobody asks";
}

TEST_F(TablesTest, AVerdictTakesItsItemOutOfPending) {
  ASSERT_TRUE(tables_->add(waiting(item(0, 0), "{}")));
  ASSERT_TRUE(tables_->add(waiting(item(1, 0), "{}")));
  EXPECT_EQ(number("SELECT count(*) FROM pending"), 2);
  ASSERT_TRUE(tables_->add(done(1, item(1, 0), "{}"), Place{}));
  ASSERT_TRUE(tables_->add(done(2, item(0, 5), "{}"), Place{}));
  EXPECT_EQ(number("SELECT count(*) FROM pending"), 1);
  ASSERT_TRUE(tables_->add(done(3, item(0, 0), "{}"), Place{}));
  EXPECT_EQ(number("SELECT count(*) FROM pending"), 0);
}

TEST_F(TablesTest, WhatFailedKeepsWhereItWasToGo) {
  Enrolment page = waiting(item(0, ItemId::kEnrolledStart), "{}");
  page.hop = "/2";
  ASSERT_TRUE(tables_->add(page));
  ASSERT_TRUE(tables_->add(failed(1, page.item, "{}", "http.500"), Place{}));
  EXPECT_EQ(number("SELECT hop = '/2' FROM verdict"), 1);
  ASSERT_TRUE(tables_->add(page));
  ASSERT_TRUE(tables_->add(done(2, page.item, "{}"), Place{}));
  EXPECT_EQ(number("SELECT hop IS NULL FROM verdict WHERE seq = 2"), 1);
}

TEST_F(TablesTest, NoStatementOfTheHotPathScans) {
  for (const char* sql :
       {"DELETE FROM pending WHERE item = 1", "SELECT item, parent, key FROM verdict WHERE seq = 1",
        "SELECT seq FROM answer WHERE step = 1 AND unique_value = x'00'",
        "SELECT item FROM pending INDEXED BY pending_queue WHERE queue = 'a' AND item >= 1 AND "
        "item < 9 ORDER BY item LIMIT 5"}) {
    Statement plan = std::move(*database_->prepare(std::string("EXPLAIN QUERY PLAN ") + sql));
    while (*plan.step()) {
      EXPECT_EQ(plan.text(3).substr(0, 6), "SEARCH") << sql << ": " << plan.text(3);
    }
  }
}

}  // namespace
}  // namespace penstock::ledger
