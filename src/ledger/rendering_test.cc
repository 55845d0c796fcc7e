// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sinks that stand at different places, and what reaches each of them.
#include "ledger/rendering.h"

#include <gtest/gtest.h>

#include "ledger/contract_test.h"

namespace penstock::ledger {
namespace {

class Nobody final : public VerdictTexts {
  Result<Lineage> lineage(Seq) override { return Error{.code = Errc::corrupt}; }
  Result<Texts> texts(Seq) override { return Error{.code = Errc::corrupt}; }
};

class RenderingTest : public ::testing::Test {
 protected:
  Rendering make() {
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<LineSink>(first_, "first"));
    sinks.push_back(std::make_unique<LineSink>(second_, "second"));
    return Rendering(std::move(sinks), {"search"}, ancestry_);
  }
  static Verdict row(std::uint64_t seq) { return done(seq, item(0, seq - 1), "{}"); }

  Nobody nobody_;
  Ancestry ancestry_{nobody_, {"search"}};
  LineFile first_;
  LineFile second_;
};

TEST_F(RenderingTest, NewSinksAreSyncedAtOnce) {
  Rendering rendering = make();
  const auto fresh = rendering.open({});
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->size(), 2U);
  EXPECT_NE(fresh->find("first")->second.inode, 0U);
  EXPECT_FALSE(rendering.is_dirty());
  EXPECT_EQ(rendering.position(), 0U);
}

TEST_F(RenderingTest, NobodyGetsARecordTwice) {
  first_ = LineFile{.lines = {"1", "2"}, .inode = 1};
  Rendering rendering = make();
  ASSERT_TRUE(rendering.open({{"first", {.seq = 2, .length_bytes = 2, .inode = 1}}}));
  EXPECT_EQ(rendering.position(), 0U) << "the second one is behind";
  for (std::uint64_t seq = 1; seq <= 3; ++seq) ASSERT_TRUE(rendering.write(row(seq)));
  EXPECT_EQ(rendering.position(), 3U);
  EXPECT_EQ(first_.lines.size(), 3U);
  EXPECT_EQ(second_.lines.size(), 3U);
}

TEST_F(RenderingTest, ALostFileKeepsItsPlaceUntilAllIsThere) {
  first_ = LineFile{.lines = {"1"}, .inode = 1};
  second_ = LineFile{.lines = {"1", "2"}, .inode = 1};
  Rendering rendering = make();
  ASSERT_TRUE(rendering.open({{"first", {.seq = 2, .length_bytes = 2, .inode = 1}},
                              {"second", {.seq = 2, .length_bytes = 2, .inode = 1}}}));
  EXPECT_TRUE(rendering.is_dirty());
  ASSERT_TRUE(rendering.write(row(1)));
  EXPECT_TRUE(rendering.sync(2)->empty());
  EXPECT_EQ(first_.lines, std::vector<std::string>{"1"}) << "as it was found";
  ASSERT_TRUE(rendering.write(row(2)));
  const auto moved = rendering.sync(2);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->size(), 1U);
  EXPECT_EQ(moved->find("first")->second.seq, 2U);
  EXPECT_EQ(first_.lines.size(), 2U);
  EXPECT_FALSE(rendering.is_dirty());
}

TEST_F(RenderingTest, CursorsStandAtTheLastRecordThatTheSinkWasGiven) {
  Rendering rendering = make();
  ASSERT_TRUE(rendering.open({}));
  ASSERT_TRUE(rendering.write(row(1)));
  rendering.reached(5);
  EXPECT_TRUE(rendering.is_dirty());
  const auto moved = rendering.sync(5);
  EXPECT_EQ(moved->find("first")->second.seq, 1U) << "2 to 5 were no leaves: not the sink's";
  EXPECT_TRUE(rendering.sync(5)->empty()) << "nothing has moved since";
}

TEST_F(RenderingTest, OneByOneSinksHaveTheirOwnPlaces) {
  Rendering rendering = make();
  ASSERT_TRUE(rendering.open({}));
  ASSERT_TRUE(rendering.write(row(7), 0));
  ASSERT_TRUE(rendering.write(row(3), 0));
  EXPECT_EQ(rendering.position(0), Seq{3});
  EXPECT_EQ(rendering.position(1), Seq{});
  EXPECT_EQ(first_.lines.size(), 2U);
  EXPECT_TRUE(second_.lines.empty());
}

TEST_F(RenderingTest, WithoutSinksNobodyIsBehind) {
  const Rendering rendering({}, {}, ancestry_);
  EXPECT_TRUE(rendering.empty());
  EXPECT_EQ(rendering.position(), UINT64_MAX);
  EXPECT_FALSE(rendering.is_dirty());
}

}  // namespace
}  // namespace penstock::ledger
