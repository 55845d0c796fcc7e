// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Member by member, as json_event.cc writes them.
#include "report/event_reader.h"

#include <array>
#include <cmath>

#include "report/json_event.h"

namespace penstock::report {
namespace {

constexpr double kSecondsMax = 1e9;  // Some 30 years: what is more is no duration of a run.

std::int64_t whole(json::Node parent, std::string_view name) {
  const auto member = parent.member(name);
  return member ? member->integer().value_or(0) : 0;
}

std::uint64_t count(json::Node parent, std::string_view name) {
  const std::int64_t number = whole(parent, name);
  return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

std::optional<double> number(json::Node parent, std::string_view name) {
  const auto member = parent.member(name);
  return member ? member->number() : std::nullopt;
}

std::string text(json::Node parent, std::string_view name) {
  const auto member = parent.member(name);
  return member && member->is(json::Kind::string) ? std::string(member->text()) : std::string();
}

Duration seconds(json::Node parent, std::string_view name) {
  const double value = number(parent, name).value_or(0);
  if (!(value >= 0) || value > kSecondsMax) return Duration::zero();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

std::optional<std::int64_t> known_total(json::Node parent) {
  const auto member = parent.member("total");
  return member ? member->integer() : std::nullopt;
}

ItemCounts counts(json::Node parent) {
  const auto items = parent.member("items");
  if (!items) return {};
  return {.done = whole(*items, "done"),
          .failed = whole(*items, "failed"),
          .skipped = whole(*items, "skipped"),
          .retrying = whole(*items, "retrying"),
          .in_flight = whole(*items, "in_flight"),
          .settled = whole(*items, "settled"),
          .pending = whole(*items, "pending")};
}

WorkerState worker(json::Node node) {
  WorkerState state;
  state.index = static_cast<std::uint32_t>(count(node, "worker"));
  state.pid = whole(node, "pid");
  state.in_flight = static_cast<std::size_t>(count(node, "in_flight"));
  state.calls_done = count(node, "calls_done");
  state.crashes = count(node, "crashes");
  state.rss_bytes = count(node, "rss_bytes");
  state.cpu_ns = static_cast<std::uint64_t>(seconds(node, "cpu_s").count());
  return state;
}

ConcurrencyProgress concurrency(json::Node event) {
  const auto calls = event.member("concurrency");
  if (!calls) return {};
  return {.configured = whole(*calls, "configured"),
          .now = whole(*calls, "now"),
          .peak = whole(*calls, "peak"),
          .mean = number(*calls, "mean").value_or(0)};
}

LostTime lost_time(json::Node event) {
  const auto lost = event.member("lost");
  if (!lost) return {};
  return {.limits = seconds(*lost, "limits_s"),
          .backoff = seconds(*lost, "backoff_s"),
          .network = seconds(*lost, "network_s"),
          .cpu = seconds(*lost, "cpu_s"),
          .tail = seconds(*lost, "tail_s")};
}

RunState state_of(std::string_view name) {
  constexpr std::array kStates{RunState::starting, RunState::running, RunState::draining,
                               RunState::parked, RunState::finished};
  for (const RunState state : kStates)
    if (to_string(state) == name) return state;
  return RunState::running;
}

}  // namespace

Snapshot read_snapshot(json::Node event) {
  Snapshot snapshot;
  snapshot.state = state_of(text(event, "state"));
  snapshot.elapsed = seconds(event, "elapsed_s");
  snapshot.items = counts(event);
  snapshot.total = known_total(event);
  snapshot.rate_per_s = number(event, "rate_per_s");
  if (number(event, "eta_s"))
    snapshot.eta = std::chrono::duration_cast<std::chrono::seconds>(seconds(event, "eta_s"));
  snapshot.concurrency = concurrency(event);
  snapshot.held_by = text(event, "held_by");
  snapshot.held_for = seconds(event, "held_s");
  snapshot.bytes_in = whole(event, "bytes_in");
  snapshot.bytes_out = whole(event, "bytes_out");
  snapshot.cost_micro_usd = whole(event, "cost_micro_usd");
  snapshot.lost = lost_time(event);
  if (const auto steps = event.member("steps"))
    for (const json::Node step : steps->elements())
      snapshot.steps.push_back({text(step, "name"), counts(step), known_total(step)});
  if (const auto workers = event.member("workers"))
    for (const json::Node one : workers->elements()) snapshot.workers.push_back(worker(one));
  return snapshot;
}

}  // namespace penstock::report
