// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Each event is counted twice: for its host and in all.
#include "stats.h"

#include <algorithm>

namespace penstock::lab {
namespace {

void arrive(Tally& tally, TimePoint at) {
  ++tally.requests;
  ++tally.in_flight;
  tally.peak_in_flight = std::max(tally.peak_in_flight, tally.in_flight);
  tally.arrivals.add(at);
}

void leave(Tally& tally, const Stats::End& end) {
  --tally.in_flight;
  tally.bytes_out += end.bytes_out;
  if (end.abandoned) ++tally.abandoned;
  ++tally.outcomes[end.outcome];
}

void restart(Tally& tally) {
  Tally fresh;
  fresh.in_flight = tally.in_flight;
  fresh.peak_in_flight = tally.in_flight;
  tally = std::move(fresh);
}

}  // namespace

Stats::Visit Stats::begin(const std::string& host, std::uint64_t url, TimePoint arrival) {
  auto& tally = hosts_[host];
  arrive(tally, arrival);
  arrive(total_, arrival);
  return {&tally, url, ++urls_[url].requests};
}

void Stats::mark(const Visit& visit, Pauses::Call call) {
  for (auto* tally : {visit.host, &total_}) {
    if (call == Pauses::Call::early) ++tally->early;
    if (call == Pauses::Call::in_grace) ++tally->in_grace;
  }
}

void Stats::end(const Visit& visit, const End& end) {
  leave(*visit.host, end);
  leave(total_, end);
  if (!end.answered_well) return;
  // After a clear() the URL is unknown, and the answer belongs to the time before.
  const auto url = urls_.find(visit.url);
  if (url != urls_.end()) ++url->second.answers;
}

void Stats::connected() {
  ++connections_.accepted;
  ++connections_.open;
  connections_.peak = std::max(connections_.peak, connections_.open);
}

void Stats::clear() {
  restart(total_);
  for (auto host = hosts_.begin(); host != hosts_.end();) {
    restart(host->second);
    // Visits in flight point at their tally, so a busy one stays.
    host = host->second.in_flight == 0 ? hosts_.erase(host) : std::next(host);
  }
  urls_.clear();
  connections_ = {0, connections_.open, connections_.open};
}

Repeats Stats::repeats() const {
  Repeats repeats;
  repeats.distinct = urls_.size();
  for (const auto& [url, count] : urls_) {
    if (count.requests > 1) ++repeats.requested_again;
    if (count.answers > 1) ++repeats.answered_again;
    repeats.requests_max = std::max<std::uint64_t>(repeats.requests_max, count.requests);
    repeats.answers_max = std::max<std::uint64_t>(repeats.answers_max, count.answers);
  }
  return repeats;
}

}  // namespace penstock::lab
