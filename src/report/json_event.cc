// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Unknown values are null, never 0: a reader must not take a guess for a figure.
#include "report/json_event.h"

#include "core/json_text.h"

namespace penstock::report {
namespace {

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string counts_json(const ItemCounts& items) {
  std::string text;
  json::ObjectWriter(text)
      .integer("done", items.done)
      .integer("failed", items.failed)
      .integer("skipped", items.skipped)
      .integer("retrying", items.retrying)
      .integer("in_flight", items.in_flight)
      .integer("settled", items.settled)
      .integer("pending", items.pending)
      .close();
  return text;
}

template <typename Element, typename Render>
std::string list_json(const std::vector<Element>& elements, Render render) {
  std::string text = "[";
  for (const Element& element : elements) {
    if (text.size() > 1) text += ',';
    text += render(element);
  }
  return text + "]";
}

std::string whole_or_null(std::optional<std::int64_t> number) {
  return number ? std::to_string(*number) : "null";
}

std::string step_json(const StepProgress& step) {
  std::string text;
  json::ObjectWriter(text)
      .string("name", step.name)
      .raw("items", counts_json(step.items))
      .raw("total", whole_or_null(step.total))
      .close();
  return text;
}

std::string worker_json(const WorkerState& worker) {
  std::string text;
  json::ObjectWriter(text)
      .unsigned_integer("worker", worker.index)
      .integer("pid", worker.pid)
      .unsigned_integer("in_flight", worker.in_flight)
      .unsigned_integer("calls_done", worker.calls_done)
      .unsigned_integer("crashes", worker.crashes)
      .unsigned_integer("rss_bytes", worker.rss_bytes)
      .number("cpu_s", static_cast<double>(worker.cpu_ns) / 1e9)
      .close();
  return text;
}

std::string concurrency_json(const ConcurrencyProgress& calls) {
  std::string text;
  json::ObjectWriter(text)
      .integer("configured", calls.configured)
      .integer("now", calls.now)
      .integer("peak", calls.peak)
      .number("mean", calls.mean)
      .close();
  return text;
}

std::string lost_json(const LostTime& lost) {
  std::string text;
  json::ObjectWriter(text)
      .number("limits_s", seconds(lost.limits))
      .number("backoff_s", seconds(lost.backoff))
      .number("network_s", seconds(lost.network))
      .number("cpu_s", seconds(lost.cpu))
      .number("tail_s", seconds(lost.tail))
      .close();
  return text;
}

}  // namespace

std::string_view to_string(RunState state) noexcept {
  switch (state) {
    case RunState::starting:
      return "starting";
    case RunState::running:
      return "running";
    case RunState::draining:
      return "draining";
    case RunState::parked:
      return "parked";
    case RunState::finished:
      return "finished";
  }
  return "running";
}

std::string json_event(std::string_view event, const Snapshot& snapshot) {
  std::string text;
  json::ObjectWriter object(text);
  object.string("event", event)
      .string("state", to_string(snapshot.state))
      .number("elapsed_s", seconds(snapshot.elapsed))
      .raw("items", counts_json(snapshot.items))
      .raw("total", whole_or_null(snapshot.total));
  if (snapshot.rate_per_s) object.number("rate_per_s", *snapshot.rate_per_s);
  if (!snapshot.rate_per_s) object.null("rate_per_s");
  if (snapshot.eta) object.integer("eta_s", snapshot.eta->count());
  if (!snapshot.eta) object.null("eta_s");
  object.raw("concurrency", concurrency_json(snapshot.concurrency))
      .string("held_by", snapshot.held_by)
      .number("held_s", seconds(snapshot.held_for))
      .integer("bytes_in", snapshot.bytes_in)
      .integer("bytes_out", snapshot.bytes_out)
      .integer("cost_micro_usd", snapshot.cost_micro_usd)
      .raw("lost", lost_json(snapshot.lost))
      .raw("steps", list_json(snapshot.steps, step_json))
      .raw("workers", list_json(snapshot.workers, worker_json))
      .close();
  return text;
}

}  // namespace penstock::report
