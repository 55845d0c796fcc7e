// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whatever happened before: the summary and what has come since say what all rows say.
#include "ledger/resume.h"

#include <gtest/gtest.h>
#include <penstock/clock.h>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

/// Some lives of a run: items of two steps end well or fail, some are put away, failures are taken
/// back, engines crash or close.
class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed) { open(); }

  void live_on() {
    switch (random_.next() % 12) {
      case 0:
        return reopen_failures();
      case 1:
        run.close();
        return open();
      case 2:
        run.crash();
        return open();
      case 3:
        return put_away();
      case 4:
      case 5:
        return settle_pending();
      default:
        return settle_fresh();
    }
  }

  TempRun run;

 private:
  void open() {
    run.open();
    seq_ = run.state.next_seq;
    child_ = std::max(child_, run.state.next_sequence[1]);
  }

  Verdict end_of(const Enrolment& from) {
    if (random_.next() % 4 != 0) {
      Verdict verdict = done(seq_++, from);
      verdict.content = from.content;
      if (from.item.step() == StepIndex{0} && random_.next() % 3 == 0) {
        verdict = with_children(verdict, child_, {"{}", "{}"});
        child_ += 2;
      }
      return verdict;
    }
    Verdict verdict = failed(seq_++, from.item, from.value, "http.500");
    verdict.parent = from.parent;
    verdict.key = from.key;
    verdict.content = from.content;
    return verdict;
  }

  Enrolment fresh() {
    // Not in order, and never twice: odd ordinals a while after even ones.
    const std::uint64_t ordinal = next_ % 2 == 0 ? next_ : (next_ < 40 ? next_ + 1000 : next_ - 40);
    ++next_;
    Enrolment item_read = waiting(item(0, ordinal), "{\"n\":" + std::to_string(ordinal) + "}");
    if (random_.next() % 8 == 0) item_read.value = "{\"n\":\"" + std::string(300, 'x') + "\"}";
    item_read.content = fingerprint(item_read.value);
    if (random_.next() % 8 == 0) item_read.content = {};
    return item_read;
  }

  void settle_fresh() {
    Verdict first = end_of(fresh());
    run.append(batch(std::move(first), end_of(fresh())));
  }
  void put_away() { run.settle(run.ledger().enrol({fresh()})); }
  void settle_pending() {
    const auto step = static_cast<unsigned>(random_.next() % 2);
    Refill found = run.refill(step);
    if (!found.items.empty()) run.append(batch(end_of(found.items.front().item)));
  }
  void reopen_failures() {
    run.close();
    ASSERT_TRUE(run.editor()->reopen_failed(
        {.step = StepIndex{static_cast<std::uint8_t>(random_.next() % 2)}}));
    open();
  }

  Random random_;
  std::uint64_t seq_ = 1;
  std::uint64_t child_ = 0;
  std::uint64_t next_ = 0;
};

TEST(Resume, TheSummarySaysWhatTheRowsSay) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    RandomRun lives(seed);
    for (int i = 0; i < 40; ++i) lives.live_on();
    lives.run.expect_sound();
    auto database = Database::open(lives.run.database(), Access::read);
    ASSERT_TRUE(database);
    const auto rows = read_standing(*database, Trust::rows);
    const auto summary = read_standing(*database, Trust::summary);
    ASSERT_TRUE(rows && summary);
    EXPECT_TRUE(rows->agrees_with(*summary)) << "seed " << seed;
  }
}

TEST(Resume, ASummaryThatIsDamagedIsLeftAside) {
  TempRun run;
  run.open();
  run.append(batch(done(1, item(0, 4), "{}")));
  run.close();
  auto database = Database::open(run.database(), Access::write);
  ASSERT_TRUE(database->execute("UPDATE summary SET state = x'00112233445566778899'"));
  const auto standing = read_standing(*database, Trust::summary);
  ASSERT_TRUE(standing);
  EXPECT_EQ(standing->last_seq(), 1U);
  EXPECT_TRUE(standing->settled().contains(4));
}

TEST(Resume, AGapBetweenVerdictsIsDamage) {
  TempRun run;
  run.open();
  run.append(
      batch(done(1, item(0, 0), "{}"), done(2, item(0, 1), "{}"), done(3, item(0, 2), "{}")));
  run.crash();
  {
    auto database = Database::open(run.database(), Access::write);
    ASSERT_TRUE(database->execute("DELETE FROM verdict WHERE seq = 2"));
  }
  EXPECT_EQ(run.open_error(), "ledger.corrupt");
}

TEST(Resume, NumbersThatWereGivenOutAreNotGivenOutAgain) {
  TempRun run;
  run.open();
  run.append(batch(with_children(done(1, item(0, 0), "{}"), 5, {"{}", "{}"})));
  run.close();
  ASSERT_TRUE(run.editor()->forget_step(StepIndex{0}));
  run.open();
  EXPECT_EQ(run.state.next_sequence[1], 7U);
}

}  // namespace
}  // namespace penstock::ledger
