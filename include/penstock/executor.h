// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Executors start calls and say which have finished. No policy.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

enum class CallId : std::uint64_t {};

/// One item as a call carries it.
struct CallItem {
  ItemId item;
  std::uint32_t attempt = 1;  ///< From 1. Hops of a redirect share their attempt.
  std::string value;          ///< JSON object: own fields, and `parent` (core/value.h).
  std::string hop;            ///< Where a redirect or a `next` link leads; empty: as the step says.
  std::uint16_t hop_status = 0;  ///< 301 to 308 if `hop` is a redirect's target; 0: a `next` link.
};

/// The unit between engine and executor: 1..n items of one step, granted together.
struct Call {
  CallId id{};
  StepIndex step{};
  TimePoint not_before{};    ///< The grant: nothing may be sent before this instant.
  bool alone = false;        ///< A suspect: nothing else may run in its worker meanwhile.
  bool tells_start = false;  ///< Say in take_started() when its request was written.
  std::optional<std::uint32_t> worker;  ///< Only this one may run it, unless it runs `alone`.
  std::vector<CallItem> items;
};

/// How one attempt at one item ended, seen from the worker.
enum class Outcome : std::uint8_t {
  done,      ///< `output` holds, and with `fans_out` the elements.
  skipped,   ///< Deliberately left: `error.kind` says why ("skipped.type").
  failed,    ///< `error` holds.
  moved,     ///< The service sent us elsewhere: `link` is the absolute URL to go to.
  returned,  ///< Never ran, or ran beside a crash without blame: give it out again.
};

struct ItemVerdict {
  Outcome outcome = Outcome::returned;
  Error error{};
  std::string output;                 ///< JSON text that becomes the step's member; may be empty.
  bool fans_out = false;              ///< Every element is a child of the next step.
  std::vector<std::string> elements;  ///< JSON objects, compact, in order.
  std::string link;                   ///< `moved`: target. `done`: the following page, or empty.
  std::uint16_t moved_status = 0;     ///< 301, 302, 303, 307 or 308 with `moved`: CallItem's next.
};

/// A call that came back. `verdicts` is in the order of the call's items, or empty for "all done,
/// no output" (what a no-op answers).
struct FinishedCall {
  CallId id{};
  TimePoint sent_at{};      ///< When the request was written; spacing counts from here.
  Duration elapsed{};       ///< From sent_at to the end.
  std::uint64_t bytes = 0;  ///< Received.
  std::vector<std::pair<std::string, std::string>>
      rate_headers;  ///< As received, lower-case names.
  std::vector<ItemVerdict> verdicts;
};

/// A call whose request was written, while its answer is awaited.
struct StartedCall {
  CallId id{};
  TimePoint sent_at{};
};

enum class CancelMode : std::uint8_t { gently, now };

/// One worker, as `top` shows it.
struct WorkerState {
  std::uint32_t index = 0;
  std::int64_t pid = 0;
  std::size_t in_flight = 0;
  std::uint64_t calls_done = 0;
  std::uint64_t crashes = 0;
  std::uint64_t rss_bytes = 0;
  std::uint64_t cpu_ns = 0;
};

/// Passive: it never picks what runs next, never retries, never asks a limit.
///
/// Guarantee: every call given to start() comes back from take_finished() exactly once,
/// whether the step returns, throws, hangs past its deadline (Errc::timeout) or kills its
/// process: the calls that the dead worker had marked come back `failed` with Errc::crashed, the
/// others `returned`.
/// Threads: all calls from the engine's thread. Blocks: never; the waker tells.
class Executor {
 public:
  virtual ~Executor() = default;

  /// How many more calls fit now. Zero means: sleep first.
  virtual std::size_t room() const noexcept = 0;

  /// REQUIRES: room() for them.
  virtual void start(std::vector<Call> calls) = 0;

  virtual std::vector<FinishedCall> take_finished() = 0;

  /// Calls with `tells_start` that were sent since the last time; a call may finish without. Raises
  /// Event::finished. An executor that cannot tell says nothing: then the end of a call tells.
  virtual std::vector<StartedCall> take_started() { return {}; }

  /// Ask one call to stop; it still comes back (Errc::cancelled, or done if it was faster).
  virtual void cancel(CallId call, CancelMode mode) noexcept = 0;

  /// Set workers x concurrency anew on a living run; running calls are left alone.
  virtual void resize(std::size_t workers, std::size_t concurrency) = 0;

  /// No more calls will come, and none is running: workers may end while the engine closes its
  /// books.
  virtual void end() {}

  virtual std::vector<WorkerState> workers() const = 0;

  /// Not usable any more (workers cannot be started): the run must stop.
  virtual Status health() const = 0;

  /// What the user should know, each once and as one line: "fewer workers: too many open files".
  virtual std::vector<std::string> take_warnings() { return {}; }
};

}  // namespace penstock
