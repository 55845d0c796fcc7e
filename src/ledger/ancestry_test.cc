// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/ancestry.h"

#include <gtest/gtest.h>

#include <map>

#include "ledger/contract_test.h"

namespace penstock::ledger {
namespace {

/// Verdicts in a map; counts how often somebody looks.
class Family final : public VerdictTexts {
 public:
  void add(std::uint64_t seq, ItemId id, std::uint64_t parent, std::string value,
           std::string output) {
    lines_[Seq{seq}] = Lineage{id, Seq{parent}, ""};
    texts_[Seq{seq}] = Texts{std::move(value), std::move(output)};
  }
  Result<Lineage> lineage(Seq seq) override { return find(lines_, seq); }
  Result<Texts> texts(Seq seq) override {
    ++texts_read;
    return find(texts_, seq);
  }
  int texts_read = 0;

 private:
  template <typename T>
  static Result<T> find(const std::map<Seq, T>& all, Seq seq) {
    const auto found = all.find(seq);
    if (found == all.end()) return Error{.code = Errc::corrupt, .kind = "ledger.corrupt"};
    return found->second;
  }
  std::map<Seq, Lineage> lines_;
  std::map<Seq, Texts> texts_;
};

class AncestryTest : public ::testing::Test {
 protected:
  std::string context(unsigned step, std::uint64_t parent) {
    const auto found = ancestry_.context(StepIndex{static_cast<std::uint8_t>(step)}, Seq{parent});
    if (!found) return found.error().kind;
    return *found ? **found : "none";
  }
  Family family_;
  Ancestry ancestry_{family_, {"search", "page"}};
};

TEST_F(AncestryTest, WithoutAParentThereIsNothing) { EXPECT_EQ(context(0, 0), "none"); }

TEST_F(AncestryTest, AMissingParentIsDamage) { EXPECT_EQ(context(1, 5), "ledger.corrupt"); }

TEST_F(AncestryTest, AValueThatIsNoObjectIsDamage) {
  family_.add(1, item(0, 0), 0, "[1]", "2");
  EXPECT_EQ(context(1, 1), "ledger.corrupt");
}

TEST_F(AncestryTest, AValueThatIsBrokenInsideGoesOnAsItIs) {
  family_.add(1, item(0, 0), 0, "{broken}", "2");
  EXPECT_EQ(context(1, 1), "{broken}");
}

TEST_F(AncestryTest, StepsWithoutANameAddNothing) {
  family_.add(1, item(2, 0), 0, R"({"a":1})", "2");
  EXPECT_EQ(context(3, 1), R"({"a":1})");
}

TEST_F(AncestryTest, ThousandsOfPagesAreOneContext) {
  family_.add(1, item(0, 0), 0, R"({"q":1})", "5");
  family_.add(2, item(1, 0), 1, R"({"u":1})", "6");
  for (std::uint64_t seq = 3; seq < 20'000; ++seq) {
    family_.add(seq, item(1, seq), seq - 1, R"({"u":1})", "6");
  }
  EXPECT_EQ(context(1, 19'999), R"({"q":1,"search":5})");
  EXPECT_EQ(family_.texts_read, 1);
  EXPECT_EQ(context(2, 19'999), R"({"u":1,"page":6,"parent":{"q":1,"search":5}})");
}

TEST_F(AncestryTest, KeepsTheLatestInBoundedMemory) {
  const std::string large = "\"" + std::string(100'000, 'x') + "\"";
  for (std::uint64_t seq = 1; seq <= 200; ++seq) family_.add(seq, item(0, seq), 0, "{}", large);
  for (std::uint64_t seq = 1; seq <= 200; ++seq) context(1, seq);
  EXPECT_EQ(family_.texts_read, 200);
  context(1, 200);
  context(1, 190);
  EXPECT_EQ(family_.texts_read, 200) << "these are kept";
  context(1, 1);
  EXPECT_EQ(family_.texts_read, 201) << "this had to go";
}

TEST_F(AncestryTest, OneTextMayBeLargerThanAllTheMemory) {
  family_.add(1, item(0, 0), 0, "{}", "\"" + std::string(2 * Ancestry::kBytesMax, 'x') + "\"");
  EXPECT_GT(context(1, 1).size(), 2 * Ancestry::kBytesMax);
  EXPECT_GT(context(1, 1).size(), 2 * Ancestry::kBytesMax);
  EXPECT_EQ(family_.texts_read, 1);
}

TEST_F(AncestryTest, KeysAreAsUsersSeeThem) {
  family_.add(1, item(0, 16), 0, "{}", "");
  EXPECT_EQ(*ancestry_.key(Seq{1}), "17");
  EXPECT_EQ(*ancestry_.key(Seq{}), "");
  EXPECT_EQ(shown_key(item(1, 16), "17/3"), "17/3");
}

}  // namespace
}  // namespace penstock::ledger
