// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The ledger in SQLite as the engine sees it: a queue before one writer thread.
//
// The engine's calls only move operations into the queue. The thread takes all of them at a time,
// 10 ms after the first or when 4,096 rows are there, and does with a Writer what its protocol
// says: commit, acknowledge, render, answer. Acknowledged is what has returned from commit(), so a
// crash at any point loses only what nobody was told; docs/formats/ledger.md says what each leaves
// behind.
#include <penstock/ledgers.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "ledger/operation.h"
#include "ledger/writer.h"
#include "os/mutex.h"

namespace penstock {
namespace {

using namespace ledger;

constexpr std::size_t kCommitRows = 4'096;
constexpr std::chrono::seconds kGuardInterval{1};

std::size_t rows_of(const Operation& operation) {
  if (const auto* verdicts = std::get_if<std::vector<Verdict>>(&operation)) return verdicts->size();
  if (const auto* items = std::get_if<std::vector<Enrolment>>(&operation)) return items->size();
  return 1;
}

class SqliteLedger final : public Ledger {
 public:
  SqliteLedger(std::unique_ptr<Writer> writer, const LedgerOptions& options, Waker& waker)
      : commit_interval_(options.commit_interval),
        sink_sync_interval_(options.sink_sync_interval),
        waker_(waker),
        state_(writer->take_state()),
        writer_(std::move(writer)),
        thread_([this] { run(); }) {}

  /// Without close(): what is queued is lost, as in a crash.
  ~SqliteLedger() override { end(Ending::abandon); }

  LedgerState take_state() override { return std::move(state_); }

  Ticket append(std::vector<Verdict> verdicts) override { return queue(std::move(verdicts)); }
  Ticket enrol(std::vector<Enrolment> items) override { return queue(std::move(items)); }
  Ticket put_note(std::string name, std::string text) override {
    return queue(Note{std::move(name), std::move(text)});
  }
  void request_pending(StepIndex step, std::string queue_name, std::optional<ItemId> after,
                       std::size_t items_max) override {
    queue(RefillRequest{step, std::move(queue_name), after, items_max});
    hurry();
  }

  Ticket durable() const noexcept override { return Ticket{durable_.load()}; }
  void hurry() override {
    const os::MutexLock lock(mutex_);
    hurry_ = true;
    wanted_.notify_one();
  }
  std::size_t backlog_bytes() const noexcept override { return backlog_bytes_.load(); }
  std::vector<Refill> take_refills() override {
    const os::MutexLock lock(mutex_);
    return std::exchange(refills_, {});
  }
  Status health() const override {
    if (!failed_.load()) return ok();
    const os::MutexLock lock(mutex_);
    return failure_;
  }

  Status close() override {
    end(Ending::close);
    return health();
  }

 private:
  enum class Ending : std::uint8_t { none, close, abandon };

  struct Batch {
    std::vector<Operation> operations;
    std::uint64_t last_ticket = 0;
    std::size_t bytes = 0;
  };

  Ticket queue(Operation operation);
  void end(Ending ending);

  // The writer thread.
  void run();
  Batch wait_for_work(os::MutexLock& lock) PENSTOCK_LOCKS(requires_capability(mutex_));
  bool has_work() const PENSTOCK_LOCKS(requires_capability(mutex_));
  bool is_due() const PENSTOCK_LOCKS(requires_capability(mutex_));
  Status work(const Batch& batch);
  Status tend();
  void fail(Error error);

  // Constant after construction.
  const Duration commit_interval_;
  const Duration sink_sync_interval_;
  Waker& waker_;

  // The engine's.
  LedgerState state_;
  std::uint64_t last_ticket_ = 0;

  // The writer thread's.
  std::unique_ptr<Writer> writer_;
  TimePoint synced_at_{};
  TimePoint guarded_at_{};

  // Everybody's.
  mutable os::Mutex mutex_;
  os::Condition wanted_;
  Batch queued_ PENSTOCK_LOCKS(guarded_by(mutex_));
  std::size_t queued_rows_ PENSTOCK_LOCKS(guarded_by(mutex_)) = 0;
  TimePoint first_queued_at_ PENSTOCK_LOCKS(guarded_by(mutex_)){};
  bool hurry_ PENSTOCK_LOCKS(guarded_by(mutex_)) = false;
  Ending ending_ PENSTOCK_LOCKS(guarded_by(mutex_)) = Ending::none;
  std::vector<Refill> refills_ PENSTOCK_LOCKS(guarded_by(mutex_));
  Error failure_ PENSTOCK_LOCKS(guarded_by(mutex_));

  std::atomic<std::uint64_t> durable_{0};
  std::atomic<std::size_t> backlog_bytes_{0};
  std::atomic<bool> failed_{false};

  std::thread thread_;  // Last: it uses all of the above.
};

Ticket SqliteLedger::queue(Operation operation) {
  const std::size_t bytes = approximate_bytes(operation);
  const std::size_t rows = rows_of(operation);
  backlog_bytes_ += bytes;
  const os::MutexLock lock(mutex_);
  const bool was_idle = queued_.operations.empty();
  const bool was_full = queued_rows_ >= kCommitRows;
  if (was_idle) first_queued_at_ = TimePoint::clock::now();
  queued_.operations.push_back(std::move(operation));
  queued_.last_ticket = ++last_ticket_;
  queued_.bytes += bytes;
  queued_rows_ += rows;
  // Waking costs more than a row: once when work begins, once when there is a transaction's worth.
  if (was_idle || (!was_full && queued_rows_ >= kCommitRows)) wanted_.notify_one();
  return Ticket{last_ticket_};
}

void SqliteLedger::end(Ending ending) {
  if (!thread_.joinable()) return;
  {
    const os::MutexLock lock(mutex_);
    ending_ = ending;
    wanted_.notify_one();
  }
  thread_.join();
  writer_.reset();
}

void SqliteLedger::run() {
  os::MutexLock lock(mutex_);
  for (;;) {
    Batch batch = wait_for_work(lock);
    const Ending ending = ending_;
    lock.unlock();
    if (ending == Ending::abandon) return;
    Status outcome = failed_.load() ? ok() : work(batch);
    batch = {};  // While nobody waits for the lock.
    if (outcome && !failed_.load()) outcome = ending == Ending::close ? writer_->close() : tend();
    if (!outcome) fail(std::move(outcome.error()));
    if (ending == Ending::close) return;
    lock.lock();
  }
}

/// Everything that is queued: at once if there is a hurry, else when enough has come together.
/// Empty when only time has passed.
SqliteLedger::Batch SqliteLedger::wait_for_work(os::MutexLock& lock) {
  const bool is_behind = !failed_.load() && writer_->is_behind();
  auto waited = is_behind ? os::Condition::Woken::too_late : os::Condition::Woken::perhaps;
  const TimePoint look_again_at = TimePoint::clock::now() + kGuardInterval;
  while (!has_work() && waited != os::Condition::Woken::too_late) {
    waited = wanted_.wait_until(lock, look_again_at);
  }
  waited = os::Condition::Woken::perhaps;
  while (!queued_.operations.empty() && !is_due() && waited != os::Condition::Woken::too_late) {
    waited = wanted_.wait_until(lock, first_queued_at_ + commit_interval_);
  }
  hurry_ = false;
  queued_rows_ = 0;
  return std::exchange(queued_, {});
}

bool SqliteLedger::has_work() const {
  return ending_ != Ending::none || !queued_.operations.empty();
}

bool SqliteLedger::is_due() const {
  return hurry_ || ending_ != Ending::none || queued_rows_ >= kCommitRows;
}

Status SqliteLedger::work(const Batch& batch) {
  if (batch.operations.empty()) return ok();
  PENSTOCK_CHECK(writer_->commit(batch.operations));
  durable_ = batch.last_ticket;
  backlog_bytes_ -= batch.bytes;
  waker_.wake(Event::durable);
  PENSTOCK_CHECK(writer_->render(batch.operations));
  PENSTOCK_TRY(refills, writer_->answer(batch.operations));
  if (refills.empty()) return ok();
  {
    const os::MutexLock lock(mutex_);
    for (Refill& refill : refills) refills_.push_back(std::move(refill));
  }
  waker_.wake(Event::refilled);
  return ok();
}

/// What has to be done now and then.
Status SqliteLedger::tend() {
  if (writer_->is_behind()) PENSTOCK_CHECK(writer_->catch_up());
  const TimePoint now = TimePoint::clock::now();
  if (writer_->wants_sync() && now - synced_at_ >= sink_sync_interval_) {
    PENSTOCK_CHECK(writer_->sync_sinks());
    synced_at_ = TimePoint::clock::now();
  }
  if (now - guarded_at_ < kGuardInterval) return ok();
  guarded_at_ = now;
  return writer_->guard();
}

void SqliteLedger::fail(Error error) {
  {
    const os::MutexLock lock(mutex_);
    failure_ = std::move(error);
    failed_ = true;
  }
  waker_.wake(Event::durable);
}

}  // namespace

Result<std::unique_ptr<Ledger>> open_sqlite_ledger(const std::filesystem::path& folder,
                                                   const LedgerOptions& options,
                                                   std::vector<std::unique_ptr<Sink>> sinks,
                                                   Waker& waker) {
  PENSTOCK_TRY(writer, Writer::open(folder, options, std::move(sinks)));
  return std::unique_ptr<Ledger>(std::make_unique<SqliteLedger>(std::move(writer), options, waker));
}

}  // namespace penstock
