// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/record.h"

#include <gtest/gtest.h>

#include "ledger/contract_test.h"

namespace penstock::ledger {
namespace {

/// Verdict 1 is the first-step item 17 with {"q":1} and output 5.
class OneParent final : public VerdictTexts {
  Result<Lineage> lineage(Seq) override { return Lineage{item(0, 16), Seq{}, ""}; }
  Result<Texts> texts(Seq) override { return Texts{R"({"q":1})", "5"}; }
};

class RecordTest : public ::testing::Test {
 protected:
  std::string text_of(const Verdict& row) {
    std::string text;
    const Status outcome = with_record(row, ancestry_, {"search", "page"}, [&](const Record& made) {
      text = std::string(made.step) + " " + made.key + " <" + made.parent_key + "> " +
             std::string(made.value) + " " + std::string(made.output);
      return ok();
    });
    return outcome ? text : outcome.error().kind;
  }
  OneParent parent_;
  Ancestry ancestry_{parent_, {"search", "page"}};
};

TEST_F(RecordTest, OfTheFirstStepTheValueIsTheItems) {
  EXPECT_EQ(text_of(done(2, item(0, 3), R"({"q":"a"})")), R"(search 4 <> {"q":"a"} 1)");
}

TEST_F(RecordTest, OfAChildTheContextIsLookedUp) {
  Verdict row = done(2, item(1, 0), R"({"u":1})");
  row.parent = Seq{1};
  row.key = "17/1";
  EXPECT_EQ(text_of(row), R"(page 17/1 <17> {"u":1,"parent":{"q":1,"search":5}} 1)");
}

TEST_F(RecordTest, AContextThatIsThereIsTaken) {
  Verdict row = done(2, item(1, 0), "{}");
  row.parent = Seq{1};
  row.key = "17/1";
  row.context = std::make_shared<const std::string>(R"({"given":1})");
  EXPECT_EQ(text_of(row), R"(page 17/1 <17> {"parent":{"given":1}} 1)");
}

TEST_F(RecordTest, AStepWithoutANameHasNone) {
  EXPECT_EQ(text_of(done(2, item(7, 3), "{}")), " 4 <> {} 1");
}

TEST_F(RecordTest, TheErrorOfWhoUsesItComesBack) {
  const Status outcome = with_record(done(2, item(0, 0), "{}"), ancestry_, {}, [](const Record&) {
    return Status(Error{.code = Errc::no_space, .kind = "disk.full"});
  });
  EXPECT_EQ(outcome.error().kind, "disk.full");
}

}  // namespace
}  // namespace penstock::ledger
