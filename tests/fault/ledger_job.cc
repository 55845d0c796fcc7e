// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A job without steps, for the fault tests: it settles a fixed list of items into a ledger with a
// JSONL file, in every way that the ledger knows, and can be killed and started again at any
// moment. What the ledger has acknowledged it writes into the file `acks`, where a disk log sees it
// among the ledger's own changes.
//
//     ledger_job FOLDER [source]     FOLDER has a folder `out`; "source": records in the order of
//     the source
//
// Ends with 0: all is settled. 3: the ledger failed, its error kind is on stdout. 4: it has lost
// what was acknowledged, or contradicts itself.
#include <penstock/ledger_reader.h>
#include <penstock/ledgers.h>
#include <penstock/sinks.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/fingerprint.h"
#include "ledger/waiting_waker_test.h"
#include "os/file.h"

namespace penstock {
namespace {

constexpr std::uint64_t kItems = 40;
constexpr int kLives = 3;  // Closed and opened again, so that checkpoints fall into the job.

std::string text_of(std::size_t bytes, std::uint64_t seed) {
  return "\"" + std::string(bytes, static_cast<char>('a' + seed % 26)) + "\"";
}

class Job {
 public:
  Job(std::string folder, RecordOrder order) : folder_(std::move(folder)), order_(order) {}

  /// One life of an engine: settle about a third of what is left, or all of it.
  Status live(bool to_the_end) {
    PENSTOCK_TRY(sink,
                 make_jsonl_sink(
                     {.path = folder_ + "/out/out.jsonl",
                      .name = "jsonl:out.jsonl",
                      .columns = {{"key", "{key}"}, {"parent", "{parent}"}, {"second", "{second}"}},
                      .steps = {"first", "second"}}));
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::move(sink));
    PENSTOCK_TRY(opened, open_sqlite_ledger(folder_,
                                            {.step_names = {"first", "second"},
                                             .order = order_,
                                             .inline_bytes_max = 1'000,
                                             .sink_sync_interval = Duration(0)},
                                            std::move(sinks), waker_));
    ledger_ = std::move(opened);
    state_ = ledger_->take_state();
    next_child_ = state_.next_sequence[1];
    PENSTOCK_CHECK(check_what_was_acknowledged());
    budget_ = to_the_end ? SIZE_MAX : 25;
    PENSTOCK_CHECK(settle_source());
    PENSTOCK_CHECK(settle_pending(0, "later"));
    PENSTOCK_CHECK(settle_pending(1, "q"));
    const Status closed = ledger_->close();
    ledger_.reset();
    return closed;
  }

 private:
  Status check_what_was_acknowledged() {
    std::ifstream acks(folder_ + "/acks");
    std::uint64_t last = 0;
    for (std::uint64_t ack = 0; acks >> ack;) last = ack;
    if (state_.next_seq > last) return ok();
    return Error{.code = Errc::internal, .kind = "lost"};
  }

  /// Wait until it is durable, and say so.
  Status settle(std::vector<Verdict> verdicts) {
    if (verdicts.empty()) return ok();
    const auto last = static_cast<std::uint64_t>(verdicts.back().seq);
    budget_ -= std::min(budget_, verdicts.size());
    ledger_->put_note("so far", std::to_string(last));
    PENSTOCK_CHECK(wait(ledger_->append(std::move(verdicts))));
    PENSTOCK_TRY(acks, os::File::open(folder_ + "/acks", os::FileMode::update_or_create));
    PENSTOCK_TRY(before, acks.state());
    return acks.write_at(before.size_bytes, std::to_string(last) + "\n");
  }

  Status wait(Ticket ticket) {
    ledger_->hurry();
    while (ledger_->durable() < ticket) {
      PENSTOCK_CHECK(ledger_->health());
      waker_.sleep_until({});
    }
    return ok();
  }

  Status settle_source() {
    std::vector<Verdict> batch;
    for (std::uint64_t i = 0; i < kItems && budget_ > batch.size(); ++i) {
      if (state_.settled.contains(i)) continue;
      Enrolment item;
      item.item = ItemId::of(StepIndex{0}, i);
      item.value = "{\"n\":" + std::to_string(i) + "}";
      item.content = fingerprint(item.value);
      if (i % 11 == 4) {
        item.queue = "later";
        PENSTOCK_CHECK(wait(ledger_->enrol({item})));
        continue;
      }
      batch.push_back(first_step(item));
      if (batch.size() > i % 4) PENSTOCK_CHECK(settle(std::exchange(batch, {})));
    }
    return settle(std::move(batch));
  }

  Verdict first_step(const Enrolment& item) {
    const std::uint64_t i = item.item.sequence();
    Verdict verdict = end_of(item);
    if (i % 7 == 3) {
      verdict.status = ItemStatus::failed;
      verdict.kind = "http.404";
      verdict.error = "not found";
    } else if (i % 5 == 0) {
      verdict.leaf = false;
      verdict.output = text_of(i, i);
      for (std::uint32_t index = 0; index < 3; ++index) verdict.children.push_back(child(i, index));
      for (Enrolment& child : verdict.children) child.parent = verdict.seq;
    } else {
      verdict.output = text_of(i % 13 == 6 ? 20'000 : 50, i);
      verdict.keep_output = i % 6 != 1;
    }
    return verdict;
  }

  Enrolment child(std::uint64_t parent, std::uint32_t index) {
    Enrolment child;
    child.item = ItemId::of(StepIndex{1}, next_child_++);
    child.index = index;
    child.key = std::to_string(parent + 1) + "/" + std::to_string(index + 1);
    child.value = "{\"c\":" + std::to_string(index) + "}";
    child.queue = "q";
    if (index == 0) child.unique = fingerprint("u" + std::to_string(parent % 3));
    return child;
  }

  Status settle_pending(unsigned step, const std::string& queue) {
    const StepIndex index{static_cast<std::uint8_t>(step)};
    std::optional<ItemId> after;
    for (bool more = true; more && budget_ > 0;) {
      ledger_->request_pending(index, queue, after, 5);
      std::vector<Refill> refills;
      while (refills.empty()) {
        PENSTOCK_CHECK(ledger_->health());
        refills = ledger_->take_refills();
        if (refills.empty()) waker_.sleep_until({});
      }
      more = refills.front().more;
      std::vector<Verdict> batch;
      std::map<Fingerprint, Seq> leaders;
      for (const PendingItem& pending : refills.front().items) {
        after = pending.item.item;
        batch.push_back(step == 0 ? first_step(pending.item) : second_step(pending, leaders));
      }
      PENSTOCK_CHECK(settle(std::move(batch)));
    }
    return ok();
  }

  Verdict second_step(const PendingItem& pending, std::map<Fingerprint, Seq>& leaders) {
    Verdict verdict = end_of(pending.item);
    verdict.context = pending.context;
    const Fingerprint unique = pending.item.unique;
    if (!unique) {
      verdict.output = text_of(pending.item.index == 2 ? 3'000 : 10, pending.item.index);
      verdict.keep_output = pending.item.index != 1;  // Its row has it, and later nobody else.
      return verdict;
    }
    verdict.output = text_of(2'000, unique.words[0]);  // The same for all who ask.
    const auto [leader, is_first] = leaders.try_emplace(unique, verdict.seq);
    if (pending.answer) {
      verdict.origin = pending.answer->seq;
      verdict.output = pending.answer->output;
    } else if (!is_first) {
      verdict.origin = leader->second;
    } else {
      verdict.unique = unique;
    }
    return verdict;
  }

  Verdict end_of(const Enrolment& item) {
    Verdict verdict;
    verdict.seq = Seq{state_.next_seq++};
    verdict.item = item.item;
    verdict.parent = item.parent;
    verdict.index = item.index;
    verdict.key = item.key;
    verdict.value = item.value;
    verdict.content = item.content;
    return verdict;
  }

  std::string folder_;
  RecordOrder order_;
  ledger::WaitingWaker waker_;
  std::unique_ptr<Ledger> ledger_;
  LedgerState state_;
  std::uint64_t next_child_ = 0;
  std::size_t budget_ = 0;
};

/// Nothing contradicts itself: counted again by somebody else.
Status verify(const std::string& folder) {
  PENSTOCK_TRY(reader, open_ledger_reader(folder));
  PENSTOCK_TRY(check, reader->check());
  for (const std::string& problem : check.problems) std::printf("%s\n", problem.c_str());
  if (check.problem_count == 0) return ok();
  return Error{.code = Errc::internal, .kind = "contradiction"};
}

Status run(const std::string& folder, RecordOrder order) {
  Job job(folder, order);
  for (int life = 1; life <= kLives; ++life) PENSTOCK_CHECK(job.live(life == kLives));
  return verify(folder);
}

}  // namespace
}  // namespace penstock

int main(int count, char** arguments) {
  if (count < 2) return 2;
  using penstock::RecordOrder;
  const RecordOrder order = count > 2 ? RecordOrder::source : RecordOrder::settled;
  const penstock::Status outcome = penstock::run(arguments[1], order);
  if (outcome) return 0;
  std::printf("%s: %s\n", outcome.error().kind.c_str(), outcome.error().message.c_str());
  return outcome.error().code == penstock::Errc::internal ? 4 : 3;
}
