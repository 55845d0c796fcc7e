// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See circuits.h.
#include "retry/circuits.h"

#include <algorithm>
#include <iterator>

namespace penstock::retry {
namespace {

constexpr std::size_t kHostsMin = 64;

}  // namespace

TimePoint Circuits::ask(std::string_view host, TimePoint now) const {
  const auto found = circuits_.find(std::string(host));
  if (found == circuits_.end() || !found->second.is_open) return now;
  return found->second.is_probing ? TimePoint::max() : std::max(now, found->second.rests_until);
}

void Circuits::started(std::string_view host) {
  const auto found = circuits_.find(std::string(host));
  if (found != circuits_.end() && found->second.is_open) found->second.is_probing = true;
}

void Circuits::ended(std::string_view host, Contact contact, TimePoint now) {
  if (options_.failures <= 0) return;
  std::string name(host);
  if (contact == Contact::good) {
    circuits_.erase(name);
  } else if (contact == Contact::bad) {
    if (circuits_.size() >= sweep_at_) sweep(now);
    fail(circuits_[std::move(name)], now);
  } else if (const auto found = circuits_.find(name); found != circuits_.end()) {
    found->second.is_probing = false;
  }
}

void Circuits::fail(Circuit& circuit, TimePoint now) const {
  circuit.failed_at = now;
  ++circuit.failures;
  const bool opens = !circuit.is_open && circuit.failures >= options_.failures;
  // Calls from before it opened may still fail while it rests; they tell nothing new.
  if (!opens && !circuit.is_probing) return;
  circuit.rest =
      opens ? Duration(options_.rest) : std::min<Duration>(circuit.rest * 2, options_.rest_max);
  circuit.rests_until = now + circuit.rest;
  circuit.is_open = true;
  circuit.is_probing = false;
}

void Circuits::sweep(TimePoint now) {
  for (auto at = circuits_.begin(); at != circuits_.end();) {
    const Circuit& circuit = at->second;
    const bool is_stale = !circuit.is_probing && circuit.failed_at + 2 * options_.rest_max <= now;
    at = is_stale ? circuits_.erase(at) : std::next(at);
  }
  sweep_at_ = std::max(kHostsMin, 2 * circuits_.size());
}

}  // namespace penstock::retry
