// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledger: what was settled, and what that enrolled. Survives kill -9 and power loss.
#pragma once

#include <penstock/clock.h>
#include <penstock/error.h>
#include <penstock/item.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

/// Counts batches given to the ledger; everything up to durable() is on disk.
enum class Ticket : std::uint64_t {};

/// An item that a verdict enrols, or that the engine puts away.
///
/// A child stands in the step after its parent's and sees its parent's value as its context. An
/// item in the same step as its parent is the following page: it has its parent's value and the
/// context that its parent had.
struct Enrolment {
  ItemId item;
  Seq parent{};             ///< The verdict that enrolled it; none for a first-step item put away.
  std::uint32_t index = 0;  ///< Place among its parent's children, from 0.
  std::uint32_t attempts = 0;
  std::string key;      ///< "17/3"; empty for first-step items without a key column.
  std::string value;    ///< Its own fields, a JSON object.
  std::string queue;    ///< Limit key: pending items are read back by (step, queue).
  std::string hop;      ///< The following page's URL, where that is not what the step says.
  Fingerprint content;  ///< First-step items only.
  Fingerprint unique;   ///< Of the `unique` value, if the step has one.
};

/// How one item ended, with all that follows from it. One transaction or none.
struct Verdict {
  Seq seq{};  ///< Given by the engine: one more than the verdict before.
  ItemId item;
  Seq parent{};
  std::uint32_t index = 0;
  ItemStatus status = ItemStatus::ok;
  bool leaf = true;         ///< A result row. False: its children carry the result on.
  bool keep_output = true;  ///< False: `output` is rendered but not stored (`keep = "none"`).
  std::uint32_t attempts = 1;
  std::string key;
  std::string value;   ///< The item's own fields.
  SharedText context;  ///< Its parent's value as children see it; not stored, may be null.
  std::string output;  ///< JSON text; empty if none.
  std::string kind;    ///< Error kind, if not ok.
  std::string error;
  Fingerprint content;          ///< First-step items only.
  Fingerprint unique;           ///< With a `unique` step: registers this verdict as the answer.
  Seq origin{};                 ///< Follower of a unique call: the verdict whose output is shared,
                                ///< and not stored again. `output` is set for rendering alone.
  std::int64_t started_ms = 0;  ///< Wall time, since 1970.
  std::int64_t elapsed_us = 0;  ///< Of the last attempt.
  std::uint64_t bytes = 0;      ///< Received, over all attempts.
  std::vector<Enrolment> children;
};

/// A stored answer that a unique step need not ask for again.
struct StoredAnswer {
  Seq seq{};
  ItemStatus status = ItemStatus::ok;
  std::string output;
  std::string kind;
  std::string error;
};

/// A pending item as the ledger gives it back.
struct PendingItem {
  Enrolment item;
  SharedText context;                  ///< Flattened value of its parent; shared by siblings.
  std::optional<StoredAnswer> answer;  ///< Set when its unique value is settled already.
};

/// The answer to request_pending().
struct Refill {
  StepIndex step{};
  std::string queue;
  std::vector<PendingItem> items;  ///< In order of enrolment.
  bool more = false;               ///< Further ones are in the ledger.
};

/// Sorted, disjoint, half-open intervals of ordinals, merged where they touch.
///
/// Memory: proportional to the number of gaps. Cost of an add: some tens of nanoseconds when they
/// come nearly in order, logarithmic otherwise.
class IntervalSet {
 public:
  struct Interval {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  ///< Exclusive.
    friend bool operator==(const Interval&, const Interval&) noexcept = default;
  };

  void add(std::uint64_t ordinal) { add(ordinal, ordinal + 1); }

  /// All of [first, last); nothing if that is empty.
  void add(std::uint64_t first, std::uint64_t last);
  bool contains(std::uint64_t ordinal) const;
  std::uint64_t size() const noexcept { return size_; }

  /// The first ordinal >= `from` that is not in the set.
  std::uint64_t first_gap(std::uint64_t from) const;

  /// The first ordinal >= `from` that is in the set, or UINT64_MAX.
  std::uint64_t first_member(std::uint64_t from) const;

  /// A copy, in order: for (const auto [first, last] : set.intervals()).
  std::vector<Interval> intervals() const;

 private:
  std::size_t block_ending_at(std::uint64_t ordinal) const;
  void replace(std::size_t at, std::size_t begin, std::size_t end, Interval interval);

  std::vector<std::vector<Interval>> blocks_;  // Each sorted and not empty; in order.
  std::uint64_t size_ = 0;
};

/// Sum over (ordinal, content) pairs, in any order: equal sums mean equal pairs.
/// The place is hashed with the content, so that moved items change the sum.
struct ContentSum {
  std::array<std::uint64_t, 2> words{};
  void add(std::uint64_t ordinal, const Fingerprint& content) noexcept;
  friend bool operator==(const ContentSum&, const ContentSum&) noexcept = default;
};

/// What an opened ledger knows of earlier engines' work: the engine starts from here.
struct LedgerState {
  std::uint64_t next_seq = 1;
  std::uint64_t generation_start = 0;  ///< First-step sequence of ordinal 0 in this generation.
  IntervalSet settled;                 ///< Ordinals of this generation that need not be read again.
  ContentSum settled_sum;              ///< Over those ordinals.
  std::map<std::uint8_t, std::uint64_t> next_sequence;  ///< By step, for steps after the first.
  /// Pending items by (step, queue).
  std::map<std::pair<std::uint8_t, std::string>, std::uint64_t> pending;
  /// Final verdicts by (step, status).
  std::map<std::pair<std::uint8_t, ItemStatus>, std::uint64_t> settled_counts;
  std::uint64_t leaves = 0;
  std::map<std::string, std::string> notes;  ///< What put_note() stored.
  bool closed_cleanly = true;  ///< False as soon as an earlier engine took the state and died.
};

/// One run's durable record, written by one engine.
///
///     pending --grant--> in flight --append--> settled --commit--> done
///        ^                   |
///        +--- retry later ---+       (grants and retries are the engine's; only verdicts come
///        here)
///
/// Durability: what durable() has covered outlives kill -9 and power loss; what it
/// has not may be executed again, and never stands twice.
/// Order: commits happen in the order of the calls below. Threads: owner only. Blocks: never,
/// except close().
class Ledger {
 public:
  virtual ~Ledger() = default;

  /// What was found at open. Moved out by the engine.
  virtual LedgerState take_state() = 0;

  /// Queue verdicts with the children that they enrol.
  /// REQUIRES: seqs increase by one over all calls.
  virtual Ticket append(std::vector<Verdict> verdicts) = 0;

  /// Queue items that wait in the ledger because memory has no room for them.
  virtual Ticket enrol(std::vector<Enrolment> items) = 0;

  /// Queue a small named text (limit reservations): replaces the one of that name.
  virtual Ticket put_note(std::string name, std::string text) = 0;

  /// Everything up to this ticket is on disk. Moving forward raises Event::durable.
  virtual Ticket durable() const noexcept = 0;

  /// Commit what is queued without waiting for more of it.
  virtual void hurry() = 0;

  /// Rows and bytes that are queued and not yet durable: the engine holds back on these.
  virtual std::size_t backlog_bytes() const noexcept = 0;

  /// Up to `items_max` pending items of one (step, queue) behind `after`, or from the first, in
  /// order of enrolment. Answer: Event::refilled, then take_refills(). It covers what was queued
  /// before it. Items that were taken back for another try stand in queue "", whatever their
  /// limits: who gets them finds their queue anew.
  virtual void request_pending(StepIndex step, std::string queue, std::optional<ItemId> after,
                               std::size_t items_max) = 0;
  virtual std::vector<Refill> take_refills() = 0;

  /// The first error of the writer thread (no_space, corrupt, system): stop the run.
  virtual Status health() const = 0;

  /// Commit, render and sync everything; mark the ledger as closed cleanly.
  virtual Status close() = 0;
};

}  // namespace penstock
