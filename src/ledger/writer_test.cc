// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The writer's steps one by one, with a crash after each of them.
#include "ledger/writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

using Lines = std::vector<std::string>;

class WriterTest : public ::testing::Test {
 protected:
  /// The next life; the one before ended where it stood.
  void open() {
    writer_.reset();
    auto opened = Writer::open(temp_.path(), options_, with_sink_ ? sinks_into(file_) : none());
    ASSERT_TRUE(opened) << opened.error().message;
    writer_ = std::move(*opened);
    state_ = writer_->take_state();
  }
  static std::vector<std::unique_ptr<Sink>> none() { return {}; }
  static std::vector<Operation> operations(std::vector<Verdict> verdicts) {
    std::vector<Operation> all;
    all.emplace_back(std::move(verdicts));
    return all;
  }
  void commit(std::vector<Verdict> verdicts) {
    const Status outcome = writer_->commit(operations(std::move(verdicts)));
    ASSERT_TRUE(outcome) << outcome.error().message;
  }
  std::uint64_t size_of(const char* name) const {
    return std::filesystem::file_size(temp_.path() / name);
  }
  std::size_t segments() const {
    const auto folder = temp_.path() / "segments";
    if (!std::filesystem::exists(folder)) return 0;
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  LineFile file_;
  bool with_sink_ = true;
  LedgerOptions options_{.step_names = {"search", "page"}, .inline_bytes_max = 100};
  os::TempFolder temp_ = std::move(*os::TempFolder::create(std::filesystem::temp_directory_path()));
  std::unique_ptr<Writer> writer_;
  LedgerState state_;
};

TEST_F(WriterTest, APipeIsSyncedBeforeItsItemsAreRecorded) {
  std::vector<std::uint64_t> synced;
  std::uint64_t recorded = 0;
  options_.sync_source = [&](std::uint64_t ordinal) {
    synced.push_back(ordinal);
    recorded = (*open_ledger_reader(temp_.path()))->check()->verdicts;
    return ok();
  };
  open();
  commit(batch(done(1, item(0, 4), "{}"), done(2, item(0, 1), "{}")));
  EXPECT_EQ(recorded, 0U) << "the sync comes first";
  commit(batch(done(3, item(1, 0), "{}")));
  EXPECT_EQ(synced, (std::vector<std::uint64_t>{5})) << "children do not come out of the source";
  options_.sync_source = [](std::uint64_t) -> Status {
    return Error{Errc::no_space, "write spool: full", "disk.full"};
  };
  open();
  const Status refused = writer_->commit(operations(batch(done(4, item(0, 2), "{}"))));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::no_space);
}

/// After a crash at any of these points, resume completes the file, with each row once.
TEST_F(WriterTest, ACrashAfterAnyStepLosesNothing) {
  const std::vector<Verdict> first = batch(done(1, item(0, 0), "{\"n\":1}"));
  const std::vector<Verdict> second =
      batch(done(2, item(0, 1), "{\"n\":2}", std::string(500, '7')), done(3, item(0, 2), "{}"));
  const std::vector<std::function<Status()>> steps = {
      [&] { return writer_->commit(operations(first)); },
      [&] { return writer_->render(operations(first)); },
      [&] { return writer_->sync_sinks(); },
      [&] { return writer_->commit(operations(second)); },
      [&] { return writer_->render(operations(second)); },
      [&] { return writer_->sync_sinks(); },
      [&] { return writer_->close(); },
  };
  const Lines whole = {"search 1 <> ok  {\"n\":1} 1",
                       "search 2 <> ok  {\"n\":2} " + std::string(500, '7'),
                       "search 3 <> ok  {} 1"};
  for (std::size_t crash = 0; crash <= steps.size(); ++crash) {
    writer_.reset();
    std::filesystem::remove_all(temp_.path() / "segments");
    for (const char* name : {"ledger.db", "ledger.db-wal", "ledger.db-shm"}) {
      std::filesystem::remove(temp_.path() / name);
    }
    file_ = {};
    open();
    for (std::size_t step = 0; step < crash; ++step) ASSERT_TRUE(steps[step]());
    open();
    const std::uint64_t known = crash == 0 ? 0 : crash < 4 ? 1 : 3;
    EXPECT_EQ(state_.next_seq, known + 1) << "a crash after step " << crash;
    if (known < 1) commit(first);
    if (known < 3) commit(second);
    ASSERT_TRUE(writer_->close());
    EXPECT_EQ(file_.lines, whole) << "a crash after step " << crash;
  }
}

TEST_F(WriterTest, LargeOutputsStandInSegments) {
  with_sink_ = false;
  open();
  commit(batch(done(1, item(0, 0), "{}", std::string(100, '1'))));
  EXPECT_EQ(segments(), 0U) << "as large as a row may hold";
  commit(batch(done(2, item(0, 1), "{}", std::string(101, '1'))));
  EXPECT_EQ(segments(), 1U);
}

TEST_F(WriterTest, OutputsThatAreNotKeptGoWhenTheyAreSynced) {
  open();
  Verdict once = done(1, item(0, 0), "{}", "\"once\"");
  once.keep_output = false;
  const auto batch_of_one = operations(batch(once));
  ASSERT_TRUE(writer_->commit(batch_of_one));
  EXPECT_EQ(segments(), 1U);
  ASSERT_TRUE(writer_->render(batch_of_one));
  EXPECT_EQ(segments(), 1U) << "the file's rows are not on disk yet";
  EXPECT_TRUE(writer_->wants_sync());
  ASSERT_TRUE(writer_->sync_sinks());
  EXPECT_EQ(segments(), 0U);
  EXPECT_FALSE(writer_->wants_sync());
  EXPECT_EQ(file_.lines, Lines{"search 1 <> ok  {} \"once\""});
}

TEST_F(WriterTest, OutputsThatOthersAskForAreKept) {
  open();
  Verdict parent = with_children(done(1, item(0, 0), "{}", "5"), 0, {"{}"});
  parent.keep_output = false;
  Verdict answer = done(2, item(0, 1), "{}", "6");
  answer.keep_output = false;
  answer.unique = fingerprint("u");
  commit(batch(parent, answer));
  ASSERT_TRUE(writer_->sync_sinks());
  open();
  std::vector<Operation> request;
  request.emplace_back(RefillRequest{StepIndex{1}, "", {}, 10});
  EXPECT_EQ(*writer_->answer(request)->at(0).items.at(0).context, R"({"search":5})");
  EXPECT_EQ(segments(), 0U);
}

TEST_F(WriterTest, WithoutSinksOutputsThatAreNotKeptJustGo) {
  with_sink_ = false;
  open();
  Verdict once = done(1, item(0, 0), "{}", "\"once\"");
  once.keep_output = false;
  commit(batch(once));
  ASSERT_TRUE(writer_->sync_sinks());
  EXPECT_EQ(segments(), 0U);
}

TEST_F(WriterTest, ASinkThatIsBehindIsBroughtOnInStretches) {
  with_sink_ = false;
  open();
  std::vector<Verdict> many;
  for (std::uint64_t i = 0; i < 10'000; ++i) many.push_back(done(i + 1, item(0, i), "{}"));
  commit(std::move(many));
  with_sink_ = true;
  open();
  EXPECT_TRUE(writer_->is_behind());
  ASSERT_TRUE(writer_->catch_up());
  EXPECT_TRUE(writer_->is_behind());
  EXPECT_GT(file_.lines.size(), 0U);
  const auto next = operations(batch(done(10'001, item(0, 10'000), "{}")));
  ASSERT_TRUE(writer_->commit(next));
  ASSERT_TRUE(writer_->render(next));
  while (writer_->is_behind()) ASSERT_TRUE(writer_->catch_up());
  ASSERT_EQ(file_.lines.size(), 10'001U);
  EXPECT_EQ(file_.lines.back(), "search 10001 <> ok  {} 1");
}

TEST_F(WriterTest, TheWalStaysSmall) {
  with_sink_ = false;
  open();
  std::uint64_t seq = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<Verdict> many;
    for (int i = 0; i < 4'096; ++i, ++seq) {
      many.push_back(done(seq + 1, item(0, seq), "{}", "\"" + std::string(90, 'x') + "\""));
    }
    commit(std::move(many));
  }
  EXPECT_LT(size_of("ledger.db-wal"), 12U << 20U);
  EXPECT_GT(size_of("ledger.db"), 15U << 20U);
}

TEST_F(WriterTest, AReaderHoldsTheWalOnlyWhileItReads) {
  with_sink_ = false;
  open();
  auto reader = Database::open(temp_.path() / "ledger.db", Access::read);
  ASSERT_TRUE(reader);
  std::uint64_t seq = 0;
  const auto write_some = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      std::vector<Verdict> many;
      for (int i = 0; i < 4'096; ++i, ++seq) {
        many.push_back(done(seq + 1, item(0, seq), "{}", "\"" + std::string(90, 'x') + "\""));
      }
      commit(std::move(many));
    }
  };
  {
    const auto snapshot = Snapshot::begin(*reader);
    ASSERT_TRUE(reader->query_integer("SELECT count(*) FROM verdict"));
    write_some(40);
    EXPECT_GT(size_of("ledger.db-wal"), 15U << 20U) << "it must not be overwritten";
  }
  const std::uint64_t grown = size_of("ledger.db-wal");
  write_some(40);
  EXPECT_LE(size_of("ledger.db-wal"), grown + (2U << 20U));
}

TEST_F(WriterTest, NothingIsAcknowledgedIntoAFileThatIsGone) {
  open();
  commit(batch(done(1, item(0, 0), "{}")));
  std::filesystem::remove(temp_.path() / "ledger.db");
  const Status outcome = writer_->commit(operations(batch(done(2, item(0, 1), "{}"))));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, "ledger.replaced");
}

TEST_F(WriterTest, AWalThatIsGoneIsNoticed) {
  open();
  commit(batch(done(1, item(0, 0), "{}")));
  std::filesystem::remove(temp_.path() / "ledger.db-wal");
  EXPECT_FALSE(writer_->commit(operations(batch(done(2, item(0, 1), "{}")))));
}

TEST_F(WriterTest, AClosedLedgerIsOneFile) {
  open();
  commit(batch(done(1, item(0, 0), "{}")));
  ASSERT_TRUE(writer_->close());
  writer_.reset();
  EXPECT_FALSE(std::filesystem::exists(temp_.path() / "ledger.db-wal"));
  EXPECT_FALSE(std::filesystem::exists(temp_.path() / "ledger.db-shm"));
}

}  // namespace
}  // namespace penstock::ledger
