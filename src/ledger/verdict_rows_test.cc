// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/verdict_rows.h"

#include <gtest/gtest.h>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

class VerdictRowsTest : public ::testing::Test {
 protected:
  void commit(std::vector<Verdict> verdicts) {
    run_.open();
    run_.append(std::move(verdicts));
    run_.close();
    database_.emplace(std::move(*Database::open(run_.database(), Access::write)));
    rows_.emplace(std::move(*VerdictRows::open(*database_, run_.folder())));
  }
  std::vector<std::uint64_t> leaves(std::uint64_t after, std::uint64_t last, std::size_t rows_max) {
    std::vector<std::uint64_t> seqs;
    const auto reached =
        rows_->leaves(Seq{after}, Seq{last}, rows_max, [&](const StoredVerdict& row) {
          seqs.push_back(static_cast<std::uint64_t>(row.seq));
          return ok();
        });
    EXPECT_TRUE(reached);
    reached_ = static_cast<std::uint64_t>(*reached);
    return seqs;
  }

  TempRun run_;
  std::optional<Database> database_;
  std::optional<VerdictRows> rows_;
  std::uint64_t reached_ = 0;
};

TEST_F(VerdictRowsTest, AVerdictComesBackAsItWent) {
  Verdict went = failed(1, item(0, 3), R"({"q":1})", "http.404");
  went.status = ItemStatus::poisoned;
  went.attempts = 7;
  went.key = "k";
  went.output = "5";
  went.started_ms = 1'000;  // Before the ledger was made: clocks jump.
  went.elapsed_us = 12;
  went.bytes = UINT32_MAX + std::uint64_t{1};
  commit(batch(went));
  const auto back = rows_->find(Seq{1});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->item, went.item);
  EXPECT_EQ(back->status, went.status);
  EXPECT_EQ(back->leaf, went.leaf);
  EXPECT_EQ(back->attempts, went.attempts);
  EXPECT_EQ(back->key, went.key);
  EXPECT_EQ(back->value, went.value);
  EXPECT_EQ(back->output, went.output);
  EXPECT_EQ(back->kind, went.kind);
  EXPECT_EQ(back->error, went.error);
  EXPECT_EQ(back->content, went.content);
  EXPECT_EQ(back->started_ms, went.started_ms);
  EXPECT_EQ(back->elapsed_us, went.elapsed_us);
  EXPECT_EQ(back->bytes, went.bytes);
  EXPECT_FALSE(back->redone);
}

TEST_F(VerdictRowsTest, ASharedOutputIsThatOfItsOrigin) {
  Verdict small = done(1, item(0, 0), "{}", "5");
  Verdict large = done(2, item(0, 1), "{}", "\"" + std::string(50'000, 'x') + "\"");
  Verdict third = done(3, item(0, 2), "{}", "lost");
  third.origin = Seq{1};
  Verdict fourth = done(4, item(0, 3), "{}", "lost");
  fourth.origin = Seq{2};
  commit(batch(small, large, third, fourth));
  EXPECT_EQ(rows_->find(Seq{3})->output, "5");
  EXPECT_EQ(rows_->find(Seq{4})->output, large.output);
  EXPECT_EQ(rows_->texts(Seq{3})->output, "5");
  EXPECT_EQ(rows_->texts(Seq{4})->output, large.output);
  EXPECT_EQ(rows_->texts(Seq{1})->output, "5");
}

TEST_F(VerdictRowsTest, LeavesComeInStretches) {
  commit(batch(done(1, item(0, 0), "{}"), with_children(done(2, item(0, 1), "{}"), 0, {"{}"}),
               done(3, item(0, 2), "{}"), done(4, item(0, 3), "{}")));
  using Seqs = std::vector<std::uint64_t>;
  EXPECT_EQ(leaves(0, 4, 2), (Seqs{1, 3}));
  EXPECT_EQ(reached_, 3U);
  EXPECT_EQ(leaves(3, 4, 2), Seqs{4});
  EXPECT_EQ(reached_, 4U);
  EXPECT_EQ(leaves(0, 2, 9), Seqs{1});
  EXPECT_EQ(reached_, 2U) << "all up to there are known";
}

TEST_F(VerdictRowsTest, WhatIsNotThereIsDamage) {
  commit(batch(done(1, item(0, 0), "{}")));
  EXPECT_EQ(rows_->find(Seq{2}).error().kind, "ledger.corrupt");
  EXPECT_EQ(rows_->texts(Seq{2}).error().kind, "ledger.corrupt");
  EXPECT_EQ(rows_->lineage(Seq{2}).error().kind, "ledger.corrupt");
  ASSERT_TRUE(database_->execute("UPDATE verdict SET status = 77"));
  EXPECT_EQ(rows_->find(Seq{1}).error().kind, "ledger.corrupt");
}

TEST_F(VerdictRowsTest, AKeptOutputThatIsGoneIsDamage) {
  commit(batch(done(1, item(0, 0), "{}", std::string(50'000, 'x'))));
  std::filesystem::remove(run_.folder() / "segments" / "000001.seg");
  EXPECT_EQ(rows_->find(Seq{1}).error().kind, "ledger.corrupt");
  ASSERT_TRUE(database_->execute("UPDATE segment SET kept = 0"));
  EXPECT_EQ(rows_->find(Seq{1})->output, "") << "it was not to be kept";
}

}  // namespace
}  // namespace penstock::ledger
