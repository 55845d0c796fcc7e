// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The contract of ledger.h, on every ledger that there is.
#include "ledger/contract_test.h"

#include <gtest/gtest.h>
#include <penstock/ledgers.h>

#include <filesystem>
#include <stdexcept>

#include "os/temp_folder.h"

namespace penstock::ledger {
namespace {

/// One run over several lives of its engine.
class Subject {
 public:
  virtual ~Subject() = default;

  /// The previous life, if there was one, ended without a word.
  virtual Ledger& open(std::vector<std::unique_ptr<Sink>> sinks) = 0;
  Ledger& open() { return open({}); }

  WaitingWaker waker;
};

const LedgerOptions kOptions{.step_names = {"search", "page", "text"},
                             .sink_sync_interval = Duration(0)};

class MemorySubject final : public Subject {
 public:
  Ledger& open(std::vector<std::unique_ptr<Sink>> sinks) override {
    ledger_ = ledger_ ? ledger_->reopen(waker, std::move(sinks))
                      : make_memory_ledger(kOptions, Retention::all, std::move(sinks), waker);
    return *ledger_;
  }

 private:
  std::unique_ptr<MemoryLedger> ledger_;
};

class SqliteSubject final : public Subject {
 public:
  Ledger& open(std::vector<std::unique_ptr<Sink>> sinks) override {
    ledger_.reset();
    auto opened = open_sqlite_ledger(temp_.path(), kOptions, std::move(sinks), waker);
    if (!opened) throw std::runtime_error(opened.error().message);
    ledger_ = std::move(*opened);
    return *ledger_;
  }

 private:
  os::TempFolder temp_ = std::move(*os::TempFolder::create(std::filesystem::temp_directory_path()));
  std::unique_ptr<Ledger> ledger_;
};

using MakeSubject = std::unique_ptr<Subject> (*)();

class Contract : public ::testing::TestWithParam<MakeSubject> {
 protected:
  Ledger& open() { return open({}); }
  Ledger& open(std::vector<std::unique_ptr<Sink>> sinks) {
    ledger_ = &subject_->open(std::move(sinks));
    state_ = ledger_->take_state();
    return *ledger_;
  }

  /// Until it is on disk.
  void settle(Ticket ticket) {
    ledger_->hurry();
    while (ledger_->durable() < ticket) {
      ASSERT_TRUE(ledger_->health()) << ledger_->health().error().message;
      subject_->waker.sleep_until({});
    }
  }
  void append(std::vector<Verdict> verdicts) { settle(ledger_->append(std::move(verdicts))); }

  Refill refill(unsigned step, const std::string& queue = "", std::optional<ItemId> after = {},
                std::size_t items_max = 100) {
    ledger_->request_pending(StepIndex{static_cast<std::uint8_t>(step)}, queue, after, items_max);
    for (;;) {
      auto refills = ledger_->take_refills();
      if (!refills.empty()) {
        EXPECT_EQ(refills.size(), 1U);
        return std::move(refills.front());
      }
      if (!ledger_->health()) {
        ADD_FAILURE() << ledger_->health().error().message;
        return {};
      }
      subject_->waker.sleep_until({});
    }
  }
  std::vector<std::string> refilled_values(unsigned step, const std::string& queue = "",
                                           std::optional<ItemId> after = {},
                                           std::size_t items_max = 100) {
    std::vector<std::string> values;
    for (const PendingItem& pending : refill(step, queue, after, items_max).items) {
      values.push_back(pending.item.value);
    }
    return values;
  }
  std::string context_of_first(unsigned step, const std::string& queue = "") {
    const Refill found = refill(step, queue);
    if (found.items.empty()) return "nothing is pending";
    return found.items.front().context ? *found.items.front().context : "no context";
  }

  LineFile file_;  // Outlives a writer thread.
  std::unique_ptr<Subject> subject_ = GetParam()();
  Ledger* ledger_ = nullptr;
  LedgerState state_;
};

using Values = std::vector<std::string>;

TEST_P(Contract, ANewLedgerKnowsNothing) {
  open();
  EXPECT_EQ(state_.next_seq, 1U);
  EXPECT_EQ(state_.settled.size(), 0U);
  EXPECT_EQ(state_.settled_sum, ContentSum{});
  EXPECT_TRUE(state_.pending.empty());
  EXPECT_TRUE(state_.settled_counts.empty());
  EXPECT_TRUE(state_.notes.empty());
  EXPECT_TRUE(state_.closed_cleanly);
  EXPECT_TRUE(ledger_->health());
  EXPECT_EQ(ledger_->backlog_bytes(), 0U);
}

TEST_P(Contract, WhatIsDurableOutlivesACrash) {
  open();
  append(batch(done(1, item(0, 7), R"({"n":7})"), failed(2, item(0, 3), R"({"n":3})", "http.404")));
  open();
  EXPECT_EQ(state_.next_seq, 3U);
  EXPECT_EQ(state_.settled.intervals(), (std::vector<IntervalSet::Interval>{{3, 4}, {7, 8}}));
  ContentSum sum;
  sum.add(3, fingerprint(R"({"n":3})"));
  sum.add(7, fingerprint(R"({"n":7})"));
  EXPECT_EQ(state_.settled_sum, sum);
  EXPECT_EQ((state_.settled_counts[{0, ItemStatus::ok}]), 1U);
  EXPECT_EQ((state_.settled_counts[{0, ItemStatus::failed}]), 1U);
  EXPECT_EQ(state_.leaves, 2U);
  EXPECT_FALSE(state_.closed_cleanly);
}

TEST_P(Contract, AnItemWithoutAFingerprintOfItsOwnCountsAsNone) {
  open();
  Verdict bad = failed(1, item(0, 0), "", "input.utf8");
  bad.content = {};
  append(batch(std::move(bad)));
  open();
  ContentSum sum;
  sum.add(0, {});
  EXPECT_EQ(state_.settled_sum, sum);
}

TEST_P(Contract, TicketsComeDurableInOrder) {
  open();
  const Ticket first = ledger_->append(batch(done(1, item(0, 0), "{}")));
  const Ticket second = ledger_->put_note("limit", "5");
  EXPECT_LT(first, second);
  settle(second);
  EXPECT_GE(ledger_->durable(), second);
  EXPECT_EQ(ledger_->backlog_bytes(), 0U);
}

TEST_P(Contract, AnEngineThatDiesBeforeItsFirstCommitIsACrashToo) {
  open();
  open();
  EXPECT_FALSE(state_.closed_cleanly);
}

TEST_P(Contract, ClosingSaysSo) {
  open();
  ledger_->append(batch(done(1, item(0, 0), "{}")));
  EXPECT_TRUE(ledger_->close());
  open();
  EXPECT_TRUE(state_.closed_cleanly);
  EXPECT_EQ(state_.next_seq, 2U);
}

TEST_P(Contract, NotesReplaceThoseOfTheirName) {
  open();
  ledger_->put_note("limit search", "one");
  ledger_->put_note("limit page", "two");
  settle(ledger_->put_note("limit search", "three"));
  open();
  EXPECT_EQ(state_.notes,
            (std::map<std::string, std::string>{{"limit page", "two"}, {"limit search", "three"}}));
}

TEST_P(Contract, ChildrenArePendingUntilTheirVerdict) {
  open();
  const Verdict parent = with_children(done(1, item(0, 0), R"({"q":"a"})"), 0,
                                       {R"({"u":1})", R"({"u":2})", R"({"u":3})"});
  append(batch(parent));
  append(batch(done(2, parent.children[1])));
  EXPECT_EQ(refilled_values(1), (Values{R"({"u":1})", R"({"u":3})"}));
  open();
  EXPECT_EQ((state_.pending[{1, ""}]), 2U);
  EXPECT_EQ(state_.next_sequence[1], 3U);
  EXPECT_EQ(state_.leaves, 1U);
  EXPECT_EQ(refilled_values(1), (Values{R"({"u":1})", R"({"u":3})"}));
}

TEST_P(Contract, ARefillGivesBackWhatWasEnrolled) {
  open();
  Enrolment child = waiting(item(1, 4), R"({"u":1})", "host a");
  child.parent = Seq{1};
  child.index = 2;
  child.attempts = 3;
  child.key = "17/3";
  child.hop = "http://a/2";
  child.unique = fingerprint("http://a/2");
  Verdict parent = done(1, item(0, 0), "{}");
  parent.children.push_back(child);
  append(batch(std::move(parent)));
  open();
  const Refill found = refill(1, "host a");
  ASSERT_EQ(found.items.size(), 1U);
  const Enrolment& back = found.items.front().item;
  EXPECT_EQ(back.item, child.item);
  EXPECT_EQ(back.parent, child.parent);
  EXPECT_EQ(back.index, child.index);
  EXPECT_EQ(back.attempts, child.attempts);
  EXPECT_EQ(back.key, child.key);
  EXPECT_EQ(back.value, child.value);
  EXPECT_EQ(back.queue, child.queue);
  EXPECT_EQ(back.hop, child.hop);
  EXPECT_EQ(back.unique, child.unique);
  EXPECT_EQ(back.content, Fingerprint{});
  EXPECT_FALSE(found.items.front().answer);
}

TEST_P(Contract, QueuesAreReadInStretches) {
  open();
  Verdict parent = with_children(done(1, item(0, 0), "{}"), 10, {"{\"u\":1}", "{\"u\":2}"}, "a");
  const Verdict other = with_children(done(2, item(0, 1), "{}"), 12, {"{\"u\":3}"}, "b");
  const Verdict third = with_children(done(3, item(0, 2), "{}"), 13, {"{\"u\":4}"}, "a");
  append(batch(parent, other, third));
  EXPECT_EQ(refilled_values(1, "a", {}, 2), (Values{"{\"u\":1}", "{\"u\":2}"}));
  EXPECT_TRUE(refill(1, "a", {}, 2).more);
  EXPECT_EQ(refilled_values(1, "a", item(1, 11), 2), (Values{"{\"u\":4}"}));
  EXPECT_FALSE(refill(1, "a", item(1, 11), 1).more);
  EXPECT_EQ(refilled_values(1, "b"), (Values{"{\"u\":3}"}));
  EXPECT_EQ(refilled_values(2, "a"), Values{});
  EXPECT_EQ(refilled_values(0, "a"), Values{});
}

TEST_P(Contract, ARefillCoversWhatWasQueuedBeforeIt) {
  open();
  ledger_->append(batch(with_children(done(1, item(0, 0), "{}"), 0, {"{\"u\":1}"})));
  EXPECT_EQ(refilled_values(1), Values{"{\"u\":1}"});
}

TEST_P(Contract, ItemsPutAwayNeedNotBeReadAgain) {
  open();
  Enrolment away = waiting(item(0, 5), R"({"n":5})", "host b");
  away.content = fingerprint(away.value);
  away.key = "five";
  settle(ledger_->enrol({away}));
  open();
  EXPECT_TRUE(state_.settled.contains(5));
  EXPECT_EQ((state_.pending[{0, "host b"}]), 1U);
  ContentSum sum;
  sum.add(5, away.content);
  EXPECT_EQ(state_.settled_sum, sum);
  const Refill found = refill(0, "host b");
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items.front().item.content, away.content);
  EXPECT_EQ(found.items.front().context, nullptr);
  append(batch(done(1, found.items.front().item)));
  open();
  EXPECT_TRUE(state_.pending.empty());
  EXPECT_EQ(state_.settled_sum, sum);
  EXPECT_EQ(state_.settled.size(), 1U);
}

TEST_P(Contract, TheFirstItemOfAllIsAnItemLikeOthers) {
  open();
  settle(ledger_->enrol({waiting(item(0, 0), R"({"n":0})"), waiting(item(0, 1), R"({"n":1})")}));
  EXPECT_EQ(refilled_values(0), (Values{R"({"n":0})", R"({"n":1})"}));
  EXPECT_EQ(refilled_values(0, "", item(0, 0)), Values{R"({"n":1})"});
}

TEST_P(Contract, AChildSeesItsParentsValueWithWhatTheStepGave) {
  open();
  append(batch(with_children(done(1, item(0, 0), R"({"q":"a"})", R"({"total":3})"), 0,
                             {R"({"u":1})", R"({"u":2})"})));
  const Refill found = refill(1);
  ASSERT_EQ(found.items.size(), 2U);
  EXPECT_EQ(*found.items[0].context, R"({"q":"a","search":{"total":3}})");
  EXPECT_EQ(found.items[0].context, found.items[1].context) << "siblings share one text";
}

TEST_P(Contract, WithoutOutputTheValueGoesOnAsItIs) {
  open();
  append(batch(with_children(done(1, item(0, 0), R"({"q":"a"})", ""), 0, {"{}"})));
  EXPECT_EQ(context_of_first(1), R"({"q":"a"})");
}

TEST_P(Contract, AGrandchildSeesBoth) {
  open();
  const Verdict first = with_children(done(1, item(0, 0), R"({"q":"a"})", "1"), 0, {R"({"u":1})"});
  append(batch(first));
  append(batch(with_children(done(2, first.children[0], "2"), 0, {R"({"t":1})"})));
  open();
  EXPECT_EQ(context_of_first(2), R"({"u":1,"page":2,"parent":{"q":"a","search":1}})");
}

TEST_P(Contract, AFollowingPageSeesWhatTheFirstSaw) {
  open();
  const Verdict first = with_children(done(1, item(0, 0), R"({"q":"a"})", "1"), 0, {R"({"u":1})"});
  append(batch(first));
  Verdict page = done(2, first.children[0], "2");
  Verdict next = page;
  for (std::uint64_t seq = 2; seq < 6; ++seq) {
    Enrolment follows = waiting(item(1, seq), R"({"u":1})");
    follows.parent = Seq{seq};
    follows.index = static_cast<std::uint32_t>(seq - 1);
    follows.hop = "/" + std::to_string(seq);
    page.children = {follows};
    append(batch(page));
    page = done(seq + 1, follows, "2");
  }
  open();
  EXPECT_EQ(context_of_first(1), R"({"q":"a","search":1})");
}

TEST_P(Contract, FollowingPagesOfFirstStepItemsHaveNoContextAndNoOrdinal) {
  open();
  Verdict first = done(1, item(0, 2), R"({"q":"a"})");
  first.children = {waiting(item(0, ItemId::kEnrolledStart), R"({"q":"a"})")};
  first.children[0].parent = Seq{1};
  append(batch(first));
  EXPECT_EQ(context_of_first(0), "no context");
  open();
  EXPECT_EQ(state_.settled.size(), 1U);
  EXPECT_EQ(state_.next_sequence[0], ItemId::kEnrolledStart + 1);
}

TEST_P(Contract, ASettledUniqueValueIsAnswered) {
  open();
  const Fingerprint value = fingerprint("http://a");
  Verdict leader = done(1, item(0, 0), R"({"u":"http://a"})", R"({"body":"x"})");
  leader.unique = value;
  append(batch(leader));
  Enrolment later = waiting(item(0, 1), R"({"u":"http://a"})", "a");
  later.unique = value;
  later.content = fingerprint(later.value);
  Enrolment other_step = waiting(item(1, 0), "{}", "a");
  other_step.unique = value;
  settle(ledger_->enrol({later, other_step}));
  for (int life = 0; life < 2; ++life) {
    const Refill found = refill(0, "a");
    ASSERT_EQ(found.items.size(), 1U);
    ASSERT_TRUE(found.items[0].answer);
    EXPECT_EQ(found.items[0].answer->seq, Seq{1});
    EXPECT_EQ(found.items[0].answer->status, ItemStatus::ok);
    EXPECT_EQ(found.items[0].answer->output, R"({"body":"x"})");
    EXPECT_FALSE(refill(1, "a").items.at(0).answer) << "of another step";
    open();
  }
}

TEST_P(Contract, AFailureIsAnAnswerToo) {
  open();
  Verdict leader = failed(1, item(0, 0), "{}", "http.404");
  leader.unique = fingerprint("u");
  append(batch(leader));
  Enrolment later = waiting(item(0, 1), "{}");
  later.unique = leader.unique;
  settle(ledger_->enrol({later}));
  const Refill found = refill(0);
  ASSERT_TRUE(found.items.at(0).answer);
  EXPECT_EQ(found.items[0].answer->status, ItemStatus::failed);
  EXPECT_EQ(found.items[0].answer->kind, "http.404");
  EXPECT_EQ(found.items[0].answer->error, "it said http.404");
}

TEST_P(Contract, LeavesAreRenderedInOrder) {
  open(sinks_into(file_));
  const Verdict parent = with_children(done(1, item(0, 0), R"({"q":"a"})", "5"), 0, {"{}"});
  append(batch(parent, failed(2, item(0, 1), R"({"q":"b"})", "http.404")));
  append(batch(done(3, parent.children[0], R"("text")")));
  EXPECT_TRUE(ledger_->close());
  EXPECT_EQ(file_.lines, (Values{R"(search 2 <> failed http.404 {"q":"b"} )",
                                 R"(page 1/1 <1> ok  {"parent":{"q":"a","search":5}} "text")"}));
}

TEST_P(Contract, ASinkIsAsIfNothingHadHappened) {
  open(sinks_into(file_));
  const Verdict parent = with_children(done(1, item(0, 0), R"({"q":"a"})", "5"), 0, {"{}"});
  append(batch(parent, done(2, item(0, 1), R"({"q":"b"})")));
  open(sinks_into(file_));
  append(batch(done(3, parent.children[0], R"("text")")));
  open(sinks_into(file_));
  EXPECT_TRUE(ledger_->close());
  EXPECT_EQ(file_.lines, (Values{R"(search 2 <> ok  {"q":"b"} 1)",
                                 R"(page 1/1 <1> ok  {"parent":{"q":"a","search":5}} "text")"}));
}

TEST_P(Contract, ALostFileIsWrittenAnew) {
  open(sinks_into(file_));
  Verdict leader = done(1, item(0, 0), R"({"q":"a"})", "5");
  leader.unique = fingerprint("u");
  Verdict follower = done(2, item(0, 1), R"({"q":"b"})", "5");
  follower.origin = leader.seq;
  append(batch(leader, follower));
  EXPECT_TRUE(ledger_->close());
  const Values whole = file_.lines;
  file_.lines.clear();
  open(sinks_into(file_));
  EXPECT_TRUE(ledger_->close());
  EXPECT_EQ(whole.size(), 2U);
  EXPECT_EQ(file_.lines, whole);
}

TEST_P(Contract, ANewSinkIsKnownBeforeItsFirstRecord) {
  open(sinks_into(file_));
  EXPECT_EQ(file_.synced, 1U);
  EXPECT_TRUE(file_.lines.empty());
}

TEST_P(Contract, ASinkThatRefusesStopsTheRun) {
  class Refusing final : public Sink {
   public:
    std::string_view name() const override { return "refusing"; }
    Result<bool> open(const SinkCursor&) override { return true; }
    Status write(const Record&) override {
      return Error{.code = Errc::no_space, .message = "write x: full", .kind = "disk.full"};
    }
    Result<SinkCursor> sync() override { return SinkCursor{}; }
    Status flush() override { return ok(); }
  };
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<Refusing>());
  open(std::move(sinks));
  ledger_->append(batch(done(1, item(0, 0), "{}")));
  ledger_->hurry();
  while (ledger_->health()) subject_->waker.sleep_until({});
  EXPECT_EQ(ledger_->health().error().code, Errc::no_space);
  const Ticket later = ledger_->put_note("limit", "5");
  EXPECT_FALSE(ledger_->close());
  EXPECT_LT(ledger_->durable(), later) << "nothing is claimed after the first error";
}

TEST_P(Contract, OutputsThatAreNotKeptAreRenderedAllTheSame) {
  open(sinks_into(file_));
  Verdict once = done(1, item(0, 0), "{}", R"("long text")");
  once.keep_output = false;
  append(batch(once));
  open(sinks_into(file_));
  EXPECT_TRUE(ledger_->close());
  EXPECT_EQ(file_.lines, Values{R"(search 1 <> ok  {} "long text")"});
}

TEST_P(Contract, KeysAreBytes) {
  open(sinks_into(file_));
  Verdict odd = done(1, item(0, 0), "{}");
  odd.key = std::string("a\0'); DROP TABLE verdict;--\xff", 28);
  append(batch(odd));
  EXPECT_TRUE(ledger_->close());
  file_.lines.clear();
  open(sinks_into(file_));
  EXPECT_TRUE(ledger_->close());
  EXPECT_EQ(file_.lines, Values{"search " + odd.key + " <> ok  {} 1"});
}

template <typename Kind>
std::unique_ptr<Subject> make() {
  return std::make_unique<Kind>();
}

INSTANTIATE_TEST_SUITE_P(Memory, Contract, ::testing::Values(&make<MemorySubject>));
INSTANTIATE_TEST_SUITE_P(Sqlite, Contract, ::testing::Values(&make<SqliteSubject>));

}  // namespace
}  // namespace penstock::ledger
