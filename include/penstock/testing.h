// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Fakes of all seams, for tests of engines, steps and jobs: time that is only counted, a source
// that is a list, an executor that is a function. They do no I/O and start no thread.
#pragma once

#include <penstock/clock.h>
#include <penstock/executor.h>
#include <penstock/sink.h>
#include <penstock/source.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace penstock::testing {

/// A clock that stands still until somebody moves it.
class ManualClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return now_; }
  WallTime wall() const noexcept override {
    return WallTime(std::chrono::hours(24 * 365 * 50)) +
           std::chrono::duration_cast<WallTime::duration>(now_.time_since_epoch());
  }
  void move_to(TimePoint when) noexcept { now_ = std::max(now_, when); }
  void advance(Duration by) noexcept { now_ += by; }

 private:
  TimePoint now_{std::chrono::hours(1)};
};

/// Sleeping is moving the clock to the next thing that happens.
///
/// Threads: one. What is scheduled runs inside sleep_until(), in order of time.
class VirtualWaker final : public Waker {
 public:
  explicit VirtualWaker(ManualClock& clock) noexcept : clock_(clock) {}

  void wake(Event event) noexcept override { events_ |= static_cast<std::uint32_t>(event); }

  std::uint32_t sleep_until(TimePoint deadline) override {
    while (events_ == 0 && !agenda_.empty() && agenda_.begin()->first <= deadline) {
      auto next = agenda_.extract(agenda_.begin());
      clock_.move_to(next.key());
      next.mapped()();
    }
    if (events_ == 0) clock_.move_to(deadline);
    return std::exchange(events_, 0);
  }

  /// Run `what` when the clock has come to `when`.
  void at(TimePoint when, std::function<void()> what) { agenda_.emplace(when, std::move(what)); }

 private:
  ManualClock& clock_;
  std::multimap<TimePoint, std::function<void()>> agenda_;
  std::uint32_t events_ = 0;
};

/// Items from a list.
class ListSource final : public Source {
 public:
  explicit ListSource(std::vector<SourceItem> items) : items_(std::move(items)) {}

  Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) override {
    while (items_max-- > 0 && next_ < items_.size()) out.push_back(items_[next_++]);
    return next_ < items_.size() ? SourceState::items : SourceState::end;
  }
  std::optional<std::uint64_t> total() const override { return items_.size(); }
  Status skip(std::uint64_t count) override {
    next_ += static_cast<std::size_t>(std::min<std::uint64_t>(count, items_.size() - next_));
    return ok();
  }

 private:
  std::vector<SourceItem> items_;
  std::size_t next_ = 0;
};

/// Calls are answered by a function, after a latency that it chooses.
class FunctionExecutor final : public Executor {
 public:
  struct Answer {
    Duration latency{};
    FinishedCall call;  ///< `id`, `sent_at` and `elapsed` are filled in.
  };
  using Function = std::function<Answer(const Call&)>;

  FunctionExecutor(VirtualWaker& waker, ManualClock& clock, std::size_t slots, Function function)
      : waker_(waker), clock_(clock), slots_(slots), function_(std::move(function)) {}

  std::size_t room() const noexcept override { return slots_ - std::min(slots_, flying_.size()); }

  void start(std::vector<Call> calls) override {
    for (Call& call : calls) {
      const TimePoint sent_at = std::max(call.not_before, clock_.now());
      const CallId id = call.id;
      flying_.emplace(static_cast<std::uint64_t>(id), std::move(call));
      waker_.at(sent_at, [this, id, sent_at] { send(id, sent_at); });
    }
  }

  std::vector<FinishedCall> take_finished() override { return std::exchange(finished_, {}); }
  std::vector<StartedCall> take_started() override { return std::exchange(started_, {}); }

  void cancel(CallId call, CancelMode) noexcept override {
    const auto found = flying_.find(static_cast<std::uint64_t>(call));
    if (found == flying_.end()) return;
    ItemVerdict verdict;
    verdict.outcome = Outcome::failed;
    verdict.error = Error{Errc::cancelled, "cancelled", "cancelled"};
    FinishedCall finished;
    finished.verdicts.assign(found->second.items.size(), verdict);
    finish(call, std::move(finished));
  }

  void resize(std::size_t workers, std::size_t concurrency) override {
    slots_ = workers * concurrency;
  }
  std::vector<WorkerState> workers() const override { return {}; }
  Status health() const override { return ok(); }

 private:
  void send(CallId id, TimePoint sent_at) {
    const auto found = flying_.find(static_cast<std::uint64_t>(id));
    if (found == flying_.end()) return;
    if (found->second.tells_start) {
      started_.push_back({id, sent_at});
      waker_.wake(Event::finished);
    }
    Answer answer = function_(found->second);
    answer.call.sent_at = sent_at;
    answer.call.elapsed = answer.latency;
    waker_.at(sent_at + answer.latency,
              [this, id, call = std::move(answer.call)]() mutable { finish(id, std::move(call)); });
  }

  void finish(CallId id, FinishedCall call) {
    if (flying_.erase(static_cast<std::uint64_t>(id)) == 0) return;  // It was cancelled.
    call.id = id;
    finished_.push_back(std::move(call));
    waker_.wake(Event::finished);
  }

  VirtualWaker& waker_;
  ManualClock& clock_;
  std::size_t slots_;
  Function function_;
  std::unordered_map<std::uint64_t, Call> flying_;
  std::vector<FinishedCall> finished_;
  std::vector<StartedCall> started_;
};

/// Keeps every record that it is given.
class RecordingSink final : public Sink {
 public:
  struct Row {
    std::string key;
    std::string status;
    std::string kind;
    std::string value;
    std::string output;
  };

  explicit RecordingSink(std::vector<Row>& rows) : rows_(rows) {}

  std::string_view name() const override { return "recording"; }
  Result<bool> open(const SinkCursor& cursor) override {
    rows_.resize(std::min<std::size_t>(rows_.size(), cursor.length_bytes));
    cursor_ = cursor;
    return rows_.size() == cursor.length_bytes;
  }
  Status write(const Record& record) override {
    rows_.push_back({record.key, to_string(record.status), record.kind, std::string(record.value),
                     std::string(record.output)});
    cursor_.seq = static_cast<std::uint64_t>(record.seq);
    return ok();
  }
  Result<SinkCursor> sync() override {
    cursor_.length_bytes = rows_.size();
    return cursor_;
  }
  Status flush() override { return ok(); }

 private:
  std::vector<Row>& rows_;
  SinkCursor cursor_;
};

}  // namespace penstock::testing
