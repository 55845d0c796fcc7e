// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledger without a disk. Operations wait in a queue as they do before a writer thread, and are
// committed in order: at once, or when a simulation says so.
#include <penstock/ledgers.h>

#include <deque>
#include <utility>

#include "core/assert.h"
#include "ledger/ancestry.h"
#include "ledger/memory_store.h"
#include "ledger/operation.h"
#include "ledger/rendering.h"

namespace penstock {
namespace {

using namespace ledger;

class HeldLedger final : public MemoryLedger {
 public:
  HeldLedger(LedgerOptions options, Retention retention, MemoryStore store,
             std::vector<std::unique_ptr<Sink>> sinks, Waker& waker)
      : options_(std::move(options)),
        retention_(retention),
        waker_(waker),
        store_(std::move(store)),
        ancestry_(store_, options_.step_names),
        rendering_(std::move(sinks), options_.step_names, ancestry_) {
    state_ = store_.state();
    note(open());
  }

  LedgerState take_state() override {
    store_.closed_cleanly = false;  // From here on somebody may start calls.
    return std::move(state_);
  }

  Ticket append(std::vector<Verdict> verdicts) override { return queue(std::move(verdicts)); }
  Ticket enrol(std::vector<Enrolment> items) override { return queue(std::move(items)); }
  Ticket put_note(std::string name, std::string text) override {
    return queue(Note{std::move(name), std::move(text)});
  }
  void request_pending(StepIndex step, std::string queue_name, std::optional<ItemId> after,
                       std::size_t items_max) override {
    queue(RefillRequest{step, std::move(queue_name), after, items_max});
  }

  Ticket durable() const noexcept override { return durable_; }
  void hurry() override {}
  std::size_t backlog_bytes() const noexcept override { return backlog_bytes_; }
  std::vector<Refill> take_refills() override { return std::exchange(refills_, {}); }
  Status health() const override {
    if (failure_) return *failure_;
    return ok();
  }

  Status close() override {
    release();
    if (!failure_) note(sync());
    if (!failure_) store_.closed_cleanly = true;
    return health();
  }

  void hold() override { held_ = true; }
  void release() override {
    held_ = false;
    commit(queued_.size());
  }
  void commit(std::size_t calls) override {
    for (; calls > 0 && !queued_.empty(); --calls) commit_first();
  }

  std::unique_ptr<MemoryLedger> reopen(Waker& waker,
                                       std::vector<std::unique_ptr<Sink>> sinks) override {
    PENSTOCK_ASSERT(retention_ == Retention::all);
    return std::make_unique<HeldLedger>(options_, retention_, std::move(store_), std::move(sinks),
                                        waker);
  }

 private:
  struct Queued {
    Operation operation;
    std::size_t bytes = 0;
    Ticket ticket{};
  };

  Status open() {
    PENSTOCK_TRY(fresh, rendering_.open(store_.cursors));
    keep(std::move(fresh));
    if (rendering_.position() >= store_.last_seq()) return ok();
    PENSTOCK_CHECK(store_.render_after(rendering_.position(), rendering_));
    return sync();
  }

  Status sync() {
    PENSTOCK_TRY(moved, rendering_.sync(store_.last_seq()));
    keep(moved);
    return ok();
  }

  void keep(const SinkCursors& cursors) {
    for (const auto& [name, cursor] : cursors) store_.cursors.insert_or_assign(name, cursor);
  }

  void note(const Status& outcome) {
    if (!outcome && !failure_) failure_ = outcome.error();
  }

  Ticket queue(Operation operation) {
    const std::size_t bytes = approximate_bytes(operation);
    last_ticket_ = Ticket{static_cast<std::uint64_t>(last_ticket_) + 1};
    queued_.push_back({std::move(operation), bytes, last_ticket_});
    backlog_bytes_ += bytes;
    if (!held_) commit(queued_.size());
    return last_ticket_;
  }

  void commit_first() {
    const Queued first = std::move(queued_.front());
    queued_.pop_front();
    backlog_bytes_ -= first.bytes;
    if (failure_) return;  // Nothing after the first error is claimed to be durable.
    store_.closed_cleanly = false;
    note(std::visit([this](const auto& held) { return apply(held); }, first.operation));
    if (failure_) return waker_.wake(Event::durable);
    durable_ = first.ticket;
    if (!std::holds_alternative<RefillRequest>(first.operation)) waker_.wake(Event::durable);
  }

  /// Rendered before it is added: then its parent is still there.
  Status apply(const std::vector<Verdict>& verdicts) {
    for (const Verdict& verdict : verdicts) {
      const auto seq = static_cast<std::uint64_t>(verdict.seq);
      PENSTOCK_ASSERT(seq == store_.last_seq() + 1);
      if (verdict.leaf && !rendering_.empty()) PENSTOCK_CHECK(rendering_.write(verdict));
      rendering_.reached(seq);
      store_.add(verdict);
    }
    return rendering_.flush();
  }

  Status apply(const std::vector<Enrolment>& items) {
    for (const Enrolment& item : items) store_.add(item);
    return ok();
  }

  Status apply(const Note& note) {
    store_.add(note);
    return ok();
  }

  Status apply(const RefillRequest& request) {
    Refill refill = store_.pending(request);
    for (PendingItem& pending : refill.items) {
      PENSTOCK_TRY(context, ancestry_.context(pending.item.item.step(), pending.item.parent));
      pending.context = std::move(context);
    }
    refills_.push_back(std::move(refill));
    waker_.wake(Event::refilled);
    return ok();
  }

  // Constant after construction.
  LedgerOptions options_;
  Retention retention_;
  Waker& waker_;

  MemoryStore store_;
  Ancestry ancestry_;
  Rendering rendering_;
  LedgerState state_;
  std::deque<Queued> queued_;
  std::vector<Refill> refills_;
  std::optional<Error> failure_;
  std::size_t backlog_bytes_ = 0;
  Ticket last_ticket_{};
  Ticket durable_{};
  bool held_ = false;
};

}  // namespace

std::unique_ptr<MemoryLedger> make_memory_ledger(LedgerOptions options, Retention retention,
                                                 std::vector<std::unique_ptr<Sink>> sinks,
                                                 Waker& waker) {
  PENSTOCK_ASSERT(options.order == RecordOrder::settled);
  return std::make_unique<HeldLedger>(std::move(options), retention, MemoryStore(retention),
                                      std::move(sinks), waker);
}

}  // namespace penstock
