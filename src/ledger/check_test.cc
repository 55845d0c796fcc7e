// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every rule is broken once by hand, and named.
#include "ledger/check.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

/// Verdict 1 has children, of which 2 is settled and item 1 of step 1 is pending; 3 is its own,
/// 4 shares the output of 3.
class CheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    run_.open();
    const Verdict parent = with_children(done(1, item(0, 0), "{}"), 0, {"{}", "{}"});
    run_.append(batch(parent));
    Verdict leader = done(3, item(0, 1), "{}", "\"" + std::string(20'000, 'x') + "\"");
    leader.unique = fingerprint("u");
    Verdict follower = done(4, item(0, 2), "{}");
    follower.origin = leader.seq;
    run_.append(batch(done(2, parent.children[0]), leader, follower));
    run_.close();
  }

  /// What is found after this was done to the tables.
  std::string problem_after(const std::string& sql) {
    auto database = Database::open(run_.database(), Access::write);
    EXPECT_TRUE(database->execute(sql.c_str())) << sql;
    const auto found = check_ledger(*database, run_.folder());
    if (!found) return found.error().message;
    EXPECT_EQ(found->problem_count, found->problems.size());
    return found->problems.empty() ? "" : found->problems.front();
  }

  TempRun run_;
};

TEST_F(CheckTest, ASoundLedgerIsCounted) {
  const auto found = run_.reader()->check();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->problems, std::vector<std::string>());
  EXPECT_EQ(found->verdicts, 4U);
  EXPECT_EQ(found->standing, 4U);
  EXPECT_EQ(found->leaves, 3U);
  EXPECT_EQ(found->pending, 1U);
  EXPECT_EQ(found->outputs, 1U);
}

TEST_F(CheckTest, AStatusThatDoesNotExist) {
  EXPECT_EQ(problem_after("UPDATE verdict SET status = 9 WHERE seq = 3"),
            "verdict 3 has a status that does not exist");
}

TEST_F(CheckTest, AVerdictThatIsMissing) {
  EXPECT_EQ(problem_after("DELETE FROM summary; DELETE FROM verdict WHERE seq = 2"),
            "verdict 3 does not follow its predecessor");
}

TEST_F(CheckTest, AParentThatIsMissing) {
  EXPECT_EQ(problem_after("UPDATE verdict SET parent = 9 WHERE seq = 2"),
            "verdict 2 has a parent that is not before it");
}

TEST_F(CheckTest, AParentThatWasTakenBack) {
  EXPECT_EQ(problem_after("UPDATE verdict SET redone = 1 WHERE seq = 1"),
            "verdict 2 stands, but its parent was taken back");
}

TEST_F(CheckTest, AStepTooFar) {
  EXPECT_EQ(problem_after("UPDATE verdict SET item = (5 << 48) + 1 WHERE seq = 2"),
            "verdict 2 is in a step that does not follow its parent's");
}

TEST_F(CheckTest, AnOutputOfNobody) {
  EXPECT_EQ(problem_after("UPDATE verdict SET origin = 9 WHERE seq = 4"),
            "verdict 4 shares the output of one that has none");
}

TEST_F(CheckTest, AnItemThatStandsTwice) {
  EXPECT_EQ(problem_after("UPDATE verdict SET item = 1 WHERE seq = 4"), "item 1 stands twice");
}

TEST_F(CheckTest, ASettledItemThatIsPendingToo) {
  EXPECT_EQ(problem_after("INSERT INTO pending(item, idx, attempts, queue) VALUES(2, 0, 0, '')"),
            "item 2 stands twice");
}

TEST_F(CheckTest, APendingItemWithoutParent) {
  EXPECT_EQ(problem_after("UPDATE pending SET parent = 9"),
            "pending item 281474976710657 has a parent that does not stand");
  EXPECT_EQ(problem_after("UPDATE pending SET parent = NULL"),
            "pending item 281474976710657 has no parent");
}

TEST_F(CheckTest, AnAnswerOfNobody) {
  EXPECT_EQ(problem_after("UPDATE answer SET seq = 9"), "the answer of verdict 9 is none");
}

TEST_F(CheckTest, ACarriedVerdictThatIsMissing) {
  EXPECT_EQ(problem_after("INSERT INTO carried VALUES(7, 9)"),
            "ordinal 7 is carried from a verdict that does not exist");
}

TEST_F(CheckTest, AnOutputFileAheadOfTheLedger) {
  EXPECT_EQ(problem_after("INSERT INTO sink VALUES('jsonl:a', 9, 1, 1)"),
            "an output file is said to hold verdict 9, which does not exist");
}

TEST_F(CheckTest, ASummaryThatLies) {
  EXPECT_EQ(problem_after("UPDATE verdict SET status = 2 WHERE seq = 3"),
            "the summary does not say what the verdicts say");
}

TEST_F(CheckTest, ASegmentThatIsGone) {
  std::filesystem::remove(run_.folder() / "segments" / "000001.seg");
  EXPECT_EQ(problem_after("SELECT 1"), "the output of verdict 3 is gone with 000001.seg");
}

TEST_F(CheckTest, ASegmentThatIsDamaged) {
  std::filesystem::resize_file(run_.folder() / "segments" / "000001.seg", 100);
  EXPECT_NE(problem_after("SELECT 1").find("the output is damaged"), std::string::npos);
}

TEST_F(CheckTest, ManyProblemsAreCountedAndSomeShown) {
  auto database = Database::open(run_.database(), Access::write);
  ASSERT_TRUE(database->execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
      "INSERT INTO carried SELECT i, 1000 + i FROM n"));
  const auto found = check_ledger(*database, run_.folder());
  EXPECT_EQ(found->problem_count, 500U);
  EXPECT_EQ(found->problems.size(), LedgerCheck::kProblemsMax);
}

}  // namespace
}  // namespace penstock::ledger
