// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The engine: one loop over passive seams. What runs next, which limit to ask, whether to try
// again and when to stop is decided here and nowhere else. It never blocks but in the waker, and
// has never heard of HTTP, SQLite or processes.
#pragma once

#include <penstock/clock.h>
#include <penstock/executor.h>
#include <penstock/ledger.h>
#include <penstock/progress.h>
#include <penstock/source.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/gate.h"
#include "engine/item.h"
#include "engine/plan.h"
#include "engine/ready_queues.h"
#include "engine/shares.h"
#include "engine/source_feed.h"
#include "engine/tally.h"
#include "engine/unique_calls.h"

namespace penstock::engine {

/// What the engine drives; all borrowed, and alive as long as the run.
struct Seams {
  Clock& clock;
  Waker& waker;
  Source& source;
  Ledger& ledger;
  Executor& executor;
  std::uint64_t seed = 0;
};

enum class StopReason : std::uint8_t {
  finished,     ///< Every item is settled.
  interrupted,  ///< The user asked.
  failures,     ///< The failure budget is spent.
  parked,       ///< Quota, budget or credentials are at their end; the same command goes on.
};

struct Summary {
  StopReason reason = StopReason::finished;
  std::string why;  ///< One line, if something but the user stopped it.
  Snapshot snapshot;
};

/// Invariants:
/// 1. An item is in exactly one place: source, ready queue, delayed, follower, in flight, or (put
///    away) the ledger.
/// 2. settle() alone ends items; every verdict goes to the ledger once, with seqs one apart.
/// 3. Children start when their parent's verdict is durable.
/// 4. Memory: ready, arriving and following items are bounded by a constant, in-flight ones by the
///    executor; delayed ones keep others from being read. A queue whose items are all in the ledger
///    is a name and some numbers.
///
/// Threads: owner only; work() blocks in the waker alone, close() in the ledger.
class Run {
 public:
  Run(const Plan& plan, Seams seams);

  /// Until everything is settled, or something stops it.
  /// Errors: what stops a run: no_space, corrupt, system, internal, invalid (a broken source).
  Status work();

  /// Write what the ledger and the outputs still lack. Once, after work() ended well.
  Result<Summary> close();

  /// Both.
  Result<Summary> drive();

  /// Start nothing more; what is in flight may end. Called from a waker's callback, as the others.
  void drain();

  /// What is in flight is cancelled and stays pending.
  void stop_now();

  /// Change a limit or the sizes on the living run. Errors: invalid (no such limit).
  Status retune(const LimitOptions& options);
  void resize(std::size_t workers, std::size_t concurrency, std::size_t at_once);

  Snapshot snapshot();

 private:
  struct InFlight {
    StepIndex step{};
    std::string queue;
    std::vector<std::string> keys;
    Grant grant;
    std::vector<ItemPtr> items;
  };
  /// Verdicts one after the other that ended alike.
  struct Ended {
    StepIndex step{};
    ItemStatus status{};
    std::uint64_t items = 0;
  };
  /// What happens when a ticket is durable.
  struct Batch {
    Ticket ticket{};
    std::vector<ItemPtr> children;
    std::vector<std::pair<StepIndex, Fingerprint>> answers;
    std::vector<ItemId> ahead;
    std::vector<Ended> ended;
    std::vector<IntervalSet::Interval> ordinals;  // Items that the source need not give again.
  };

  // The loop: run.cc.
  Status divide_source();
  void restore();
  bool finished() const;
  TimePoint next_wakeup();
  void stop(StopReason reason, std::string why);
  void break_off(Error error);
  const PlannedStep& planned(StepIndex step) const {
    return plan_.steps[static_cast<std::size_t>(step)];
  }
  bool is_last(StepIndex step) const {
    return static_cast<std::size_t>(step) + 1 == plan_.steps.size();
  }

  // What came back: run_settle.cc.
  Status settle();
  void settle_started();
  void settle_call(FinishedCall& call);
  void settle_item(ItemPtr item, ItemVerdict& verdict);
  void follow_redirect(ItemPtr item, ItemVerdict& verdict);
  void try_again_or_fail(ItemPtr item, const Error& error);
  Verdict verdict_of(const Item& item, ItemStatus status);
  void finish_failed(ItemPtr item, const Error& error, ItemStatus status);
  void finish_done(ItemPtr item, ItemVerdict& from);
  void finish_answered(ItemPtr item, const StoredAnswer& answer);
  void pass_through(ItemPtr item);
  void conclude(Item& item, Verdict verdict);
  static void note_ended(StepIndex step, ItemStatus status, std::vector<Ended>& ended);
  void flush_verdicts();
  void settle_durable(Ticket durable);
  void take_in(ItemPtr child);
  void tell_source(const std::vector<IntervalSet::Interval>& ordinals);
  void note_ordinal(ItemId item, std::vector<IntervalSet::Interval>& ordinals) const;
  void check_failures();

  // What a settled item enrols: run_children.cc.
  SharedText context_of_children(const Item& parent, const std::string& output) const;
  std::vector<ItemPtr> children_of(const Item& parent, const Verdict& verdict, ItemVerdict& from);
  ItemPtr following_page(const Item& item, const Verdict& verdict, std::string link);
  ItemId new_id(StepIndex step);
  void enrol(Verdict& verdict, ItemPtr child);

  // What becomes ready: run_ready.cc.
  Status refill();
  bool wants_source();
  std::size_t source_read_max() const;
  Status read_source();
  void take_fresh(SourceFeed::Fresh& fresh);
  Result<std::vector<std::string>> prepare(Item& item) const;
  bool is_wanted(const Item& item) const;
  void place(ItemPtr item, const std::optional<StoredAnswer>& answer);
  std::optional<ItemId> last_enrolled(StepIndex step) const;
  void put_away(KeyQueue& queue, ItemPtr item);
  void flush_put_away();
  void note_stored(KeyQueue& queue);
  bool has_room(const KeyQueue& queue) const;
  std::size_t ready_of_queue_max(const KeyQueue& queue) const;
  void note_appetite(KeyQueue& queue, std::size_t helping) const;
  bool wants_stored() const;
  void request_stored();
  void request(KeyQueue& queue, std::size_t items);
  void rewind(KeyQueue& queue);
  void look_after(KeyQueue& queue);
  void take_refills();
  void requeue(ItemPtr item);

  // What may start: run_admit.cc.
  void admit();
  void admit_step(StepIndex index, std::vector<Call>& calls, std::size_t& free);
  void hold(KeyQueue& queue, const PlannedStep& step, const std::vector<std::string>& keys,
            const GateAnswer& gate);
  void start_call(KeyQueue& queue, const PlannedStep& step, std::vector<std::string> keys,
                  TimePoint not_before, std::vector<Call>& calls);
  void wake_waiting(const InFlight& flight);
  void note_what_holds(std::size_t free);
  std::size_t room() const;
  bool ledger_is_full() const;

  const Plan& plan_;
  Seams seams_;
  Random random_;
  LedgerState state_;
  SourceFeed feed_;
  std::optional<Shares> shares_;  // With static distribution.
  Gate gate_;
  ReadyQueues ready_;
  UniqueCalls unique_;
  Tally tally_;
  TimePoint now_{};

  // Items, and what waits for the ledger.
  std::map<std::pair<TimePoint, std::uint64_t>, ItemPtr> delayed_;  // By due time, in turn.
  std::unordered_map<std::uint64_t, InFlight> in_flight_;           // By call id.
  std::deque<Batch> undurable_;
  Batch batch_;  // Of the verdicts being gathered.
  std::vector<Verdict> verdicts_;
  std::vector<Enrolment> put_away_;
  std::unordered_set<ItemId> ahead_;  // In memory, though the ledger may name them once more.
  std::size_t arriving_ = 0;          // Children that come when their parents are durable.
  std::size_t asked_ = 0;             // Of the ledger, for all queues together.
  std::uint64_t stored_ = 0;          // Pending items that are in the ledger alone.
  std::uint64_t stored_first_ = 0;    // Of them, of the first step.
  bool crowded_ = false;              // First-step items had to be put away.

  // Numbers that are given out.
  std::vector<std::uint64_t> next_sequence_;  // By step.
  std::uint64_t next_seq_ = 1;
  std::uint64_t next_call_ = 1;
  std::uint64_t turns_ = 0;

  // Sizes and the way to the end.
  std::size_t at_once_ = 0;
  std::size_t batch_calls_max_ = 1;
  std::string_view held_by_;
  std::optional<StopReason> stopping_;
  std::optional<Error> fatal_;
  std::uint64_t failed_before_ = 0;  // By earlier engines.
  std::uint64_t settled_before_ = 0;
  std::string why_;
  bool cancelled_ = false;
};

}  // namespace penstock::engine
