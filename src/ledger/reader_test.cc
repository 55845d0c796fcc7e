// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What status, results, errors and verify get to see, of living and dead runs.
#include <gtest/gtest.h>

#include <filesystem>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

using Lines = std::vector<std::string>;

/// A search with two pages, of which one failed; a second search that failed.
class ReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    run_.open();
    const Verdict first = with_children(done(1, item(0, 0), R"({"q":"a"})", "5"), 0,
                                        {R"({"u":1})", R"({"u":2})", R"({"u":3})"});
    run_.append(batch(first, failed(2, item(0, 1), R"({"q":"b"})", "http.500")));
    Verdict page = done(3, first.children[0], R"("text")");
    page.started_ms = 1'700'000'000'123;
    page.elapsed_us = 1'500;
    page.bytes = 77;
    page.attempts = 2;
    Verdict missing = failed(4, first.children[1].item, R"({"u":2})", "http.404");
    missing.parent = first.seq;
    missing.key = "1/2";
    run_.append(batch(page, missing));
  }

  LedgerReader::Visit collect() {
    lines_.clear();
    return [this](const Record& record, const RecordFacts& facts) {
      lines_.push_back(std::string(record.step) + " " + record.key + " " +
                       to_string(record.status) + " " + std::string(record.value) + " " +
                       std::string(record.output) + (facts.redone ? " redone" : ""));
      facts_ = facts;
      return ok();
    };
  }

  TempRun run_;
  Lines lines_;
  RecordFacts facts_;
};

TEST_F(ReaderTest, AnOverviewOfALivingRun) {
  const auto reader = run_.reader();
  auto overview = *reader->overview();
  EXPECT_EQ(overview.last_seq, 4U);
  EXPECT_EQ(overview.leaves, 3U);
  EXPECT_EQ(overview.step_names, (Lines{"search", "page", "text"}));
  EXPECT_EQ((overview.settled[{0, ItemStatus::ok}]), 1U);
  EXPECT_EQ((overview.settled[{1, ItemStatus::failed}]), 1U);
  EXPECT_EQ(overview.pending, (std::map<std::uint8_t, std::uint64_t>{{1, 1}}));
  EXPECT_FALSE(overview.closed_cleanly);
  EXPECT_GT(overview.created_ms, 1'700'000'000'000);

  run_.append(batch(done(5, item(0, 2), "{}")));
  run_.settle(run_.ledger().put_note("limit", "5"));
  overview = *reader->overview();
  EXPECT_EQ(overview.leaves, 4U) << "each look is a new one";
  EXPECT_EQ(overview.notes.at("limit"), "5");
  run_.close();
  EXPECT_TRUE(reader->overview()->closed_cleanly);
}

TEST_F(ReaderTest, ADeadRunIsReadAsItIs) {
  run_.crash();
  EXPECT_EQ(run_.reader()->overview()->leaves, 3U);
  EXPECT_FALSE(run_.reader()->overview()->closed_cleanly);
  run_.open();
  EXPECT_FALSE(run_.state.closed_cleanly) << "looking changed nothing";
}

TEST_F(ReaderTest, ErrorsComeByClass) {
  run_.append(batch(failed(5, item(0, 7), "{}", "http.500")));
  const auto classes = *run_.reader()->error_classes();
  ASSERT_EQ(classes.size(), 2U);
  EXPECT_EQ(classes[0].kind, "http.500");
  EXPECT_EQ(classes[0].items, 2U);
  EXPECT_EQ(classes[0].step, StepIndex{0});
  EXPECT_EQ(classes[0].status, ItemStatus::failed);
  EXPECT_EQ(classes[0].example_key, "2");
  EXPECT_EQ(classes[0].example_error, "it said http.500");
  EXPECT_EQ(classes[1].kind, "http.404");
  EXPECT_EQ(classes[1].example, Seq{4});
}

TEST_F(ReaderTest, ResultsComeInStretches) {
  const auto reader = run_.reader();
  EXPECT_EQ(*reader->records({}, 2, collect()), Seq{3});
  EXPECT_EQ(lines_, (Lines{R"(search 2 failed {"q":"b"} )",
                           R"(page 1/1 ok {"u":1,"parent":{"q":"a","search":5}} "text")"}));
  EXPECT_EQ(facts_.started_ms, 1'700'000'000'123);
  EXPECT_EQ(facts_.elapsed_us, 1'500);
  EXPECT_EQ(facts_.bytes, 77U);
  EXPECT_EQ(*reader->records(Seq{3}, 2, collect()), Seq{4});
  EXPECT_EQ(lines_.size(), 1U);
  EXPECT_EQ(*reader->records(Seq{4}, 2, collect()), Seq{4});
  EXPECT_TRUE(lines_.empty());
  run_.append(batch(done(5, item(0, 2), "{}")));
  EXPECT_EQ(*reader->records(Seq{4}, 2, collect()), Seq{5}) << "it follows a living run";
  EXPECT_EQ(lines_.size(), 1U);
}

TEST_F(ReaderTest, FailuresByKind) {
  const auto reader = run_.reader();
  EXPECT_EQ(*reader->failures("http.404", {}, 10, collect()), Seq{4});
  EXPECT_EQ(lines_, Lines{R"(page 1/2 failed {"u":2,"parent":{"q":"a","search":5}} )"});
  EXPECT_EQ(*reader->failures("", {}, 1, collect()), Seq{2});
  EXPECT_EQ(*reader->failures("", Seq{2}, 10, collect()), Seq{4});
  EXPECT_EQ(*reader->failures("dns", {}, 10, collect()), Seq{});
  EXPECT_TRUE(lines_.empty());
}

TEST_F(ReaderTest, AKeyIsFoundWithAllThatHappenedToIt) {
  run_.close();
  ASSERT_EQ(*run_.editor()->reopen_failed({.keys = {"1/2"}}), 1U);
  run_.open();
  run_.append(batch(done(5, run_.refill(1).items.at(0).item, "8")));
  const auto reader = run_.reader();
  ASSERT_TRUE(reader->find("1/2", collect()));
  const std::string value = R"({"u":2,"parent":{"q":"a","search":5}})";
  EXPECT_EQ(lines_,
            (Lines{"page 1/2 failed " + value + "  redone", "page 1/2 ok " + value + " 8"}));
  ASSERT_TRUE(reader->find("1", collect()));
  EXPECT_EQ(lines_, Lines{R"(search 1 ok {"q":"a"} 5)"});
  EXPECT_FALSE(facts_.leaf);
  ASSERT_TRUE(reader->find("0", collect()));
  EXPECT_TRUE(lines_.empty());
}

TEST_F(ReaderTest, AVisitorMayEndIt) {
  const auto stopped = run_.reader()->records({}, 10, [](const Record&, const RecordFacts&) {
    return Status(Error{.code = Errc::cancelled, .kind = "enough"});
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, "enough");
}

TEST_F(ReaderTest, AFolderWhereNothingMayBeWritten) {
  run_.close();
  std::filesystem::permissions(run_.folder(), std::filesystem::perms(0500));
  const auto reader = open_ledger_reader(run_.folder());
  std::filesystem::permissions(run_.folder(), std::filesystem::perms(0700));
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ((*reader)->overview()->leaves, 3U);
}

TEST_F(ReaderTest, LargeOutputsComeFromTheirSegments) {
  const std::string large = "\"" + std::string(100'000, 'x') + "\"";
  run_.append(batch(done(5, item(0, 2), "{}", large)));
  ASSERT_TRUE(run_.reader()->find("3", collect()));
  EXPECT_EQ(lines_, Lines{"search 3 ok {} " + large});
  const auto check = run_.reader()->check();
  EXPECT_EQ(check->outputs, 1U);
  EXPECT_EQ(check->output_bytes, large.size());
}

TEST(Reader, WithoutALedgerThereIsNothingToRead) {
  TempRun run;
  const auto reader = open_ledger_reader(run.folder());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, "ledger.missing");
}

}  // namespace
}  // namespace penstock::ledger
