// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Asking is free of effects in every limiter, so all are asked before one is taken.
#include "engine/gate.h"

#include <algorithm>
#include <charconv>

#include "core/assert.h"

namespace penstock::engine {
namespace {

constexpr char kKeySeparator = '\x1f';

/// A worker that gets calls of many items has the next ones at hand.
constexpr std::size_t kBatchesOfShareMin = 3;

/// The keys of a `per = "{tenant}"` limit are texts of items, which may hold anything.
std::string without_separators(std::string key) {
  std::replace(key.begin(), key.end(), kKeySeparator, ' ');
  return key;
}

std::string_view host_of(std::string_view queue) {
  return queue.substr(0, queue.find(kKeySeparator));
}

/// What a call says about its host's health: the first verdict that says anything.
retry::Contact contact_of(const FinishedCall& call) {
  for (const ItemVerdict& verdict : call.verdicts) {
    if (verdict.outcome == Outcome::returned) continue;
    if (verdict.outcome != Outcome::failed) return retry::Contact::good;
    switch (verdict.error.code) {
      case Errc::unavailable:
      case Errc::timeout:
        return retry::Contact::bad;
      case Errc::throttled:
      case Errc::rejected:
        return retry::Contact::good;
      default:
        break;
    }
  }
  return call.verdicts.empty() ? retry::Contact::good : retry::Contact::none;
}

limits::Ending ending_of(const FinishedCall& call) {
  for (const ItemVerdict& verdict : call.verdicts) {
    if (verdict.outcome != Outcome::failed) continue;
    if (verdict.error.code == Errc::throttled) return limits::Ending::throttled;
    if (verdict.error.sent == Sent::no) return limits::Ending::not_sent;
    if (verdict.error.code == Errc::timeout || verdict.error.code == Errc::unavailable) {
      return limits::Ending::timed_out;
    }
  }
  return limits::Ending::ok;
}

}  // namespace

Gate::Gate(const Plan& plan)
    : plan_(plan), first_hosts_(plan.limits.size()), has_many_hosts_(plan.limits.size()) {
  for (const PlannedStep& step : plan.steps) circuits_.emplace_back(step.retry.circuit);
  for (const LimitOptions& options : plan.limits) {
    limiters_.push_back(std::make_unique<limits::Limiter>(options));
    key_templates_.emplace_back();
    if (options.per.empty() || options.per == "host") continue;
    auto parsed = placeholders::Template::parse(options.per);
    PENSTOCK_ASSERT(parsed.has_value());  // The plan was checked.
    key_templates_.back() = std::move(*parsed);
  }
}

Result<std::vector<std::string>> Gate::keys(const PlannedStep& step, std::string_view host,
                                            json::Node value,
                                            std::optional<std::uint32_t> share) const {
  std::vector<std::string> keys;
  for (const std::size_t limit : step.limits) {
    if (!key_templates_[limit]) {
      keys.emplace_back(limiters_[limit]->options().per.empty() ? std::string_view() : host);
      continue;
    }
    PENSTOCK_TRY(key, key_templates_[limit]->render(value));
    keys.push_back(without_separators(std::move(key)));
  }
  if (has_shares()) keys.push_back(share ? std::to_string(*share) : std::string());
  return keys;
}

std::optional<std::uint32_t> Gate::share_of(const std::vector<std::string>& keys) const {
  if (!has_shares() || keys.empty() || keys.back().empty()) return std::nullopt;
  std::uint32_t share = 0;
  const std::string& text = keys.back();
  std::from_chars(text.data(), text.data() + text.size(), share);
  return share;
}

bool Gate::is_share_full(StepIndex index, const std::string& share) const {
  const auto found = in_flight_.find(share);
  if (share.empty() || found == in_flight_.end()) return false;
  const bool is_batched = plan_.steps[static_cast<std::size_t>(index)].step->batch_items_max() > 1;
  return found->second >= std::max(plan_.concurrency, is_batched ? kBatchesOfShareMin : 1);
}

bool Gate::reads_values(const PlannedStep& step) const {
  return std::any_of(step.limits.begin(), step.limits.end(),
                     [this](std::size_t limit) { return key_templates_[limit].has_value(); });
}

std::string Gate::join(const PlannedStep& step, std::string_view host,
                       const std::vector<std::string>& keys) const {
  std::string name(host);
  for (std::size_t i = 0; i < step.limits.size(); ++i) {
    if (key_templates_[step.limits[i]]) (name += kKeySeparator) += keys[i];
  }
  if (has_shares()) (name += kKeySeparator) += keys.back();
  return name;
}

std::vector<std::string> Gate::split(const PlannedStep& step, std::string_view name) const {
  std::size_t end = std::min(name.find(kKeySeparator), name.size());
  const std::string_view host = name.substr(0, end);
  std::vector<std::string> keys;
  for (const std::size_t limit : step.limits) {
    if (!key_templates_[limit]) {
      keys.emplace_back(limiters_[limit]->options().per.empty() ? std::string_view() : host);
      continue;
    }
    const std::size_t begin = std::min(end + 1, name.size());
    end = std::min(name.find(kKeySeparator, begin), name.size());
    keys.emplace_back(name.substr(begin, end - begin));
  }
  if (has_shares()) keys.emplace_back(name.substr(std::min(end + 1, name.size())));
  return keys;
}

GateAnswer Gate::ask(StepIndex index, std::string_view queue, const std::vector<std::string>& keys,
                     TimePoint now) {
  if (has_shares() && is_share_full(index, keys.back())) {
    return {{limits::Hold::release, TimePoint::max(), "workers are busy with their shares"},
            shares(),
            keys.back()};
  }
  const std::string_view host = host_of(queue);
  const TimePoint host_rests = circuits_[static_cast<std::size_t>(index)].ask(host, now);
  if (host_rests > now) {
    const auto hold = host_rests == TimePoint::max() ? limits::Hold::release : limits::Hold::time;
    return {
        {hold, host_rests, "a host that only fails rests"}, circuits_of(index), std::string(host)};
  }
  if (const TimePoint at = pauses_.ask(host, now); at > now) {
    return {{limits::Hold::time, at, "a host has asked for a pause"},
            circuits_of(index),
            std::string(host)};
  }
  GateAnswer strictest{{limits::Hold::none, now, {}}, 0, {}};
  const PlannedStep& step = plan_.steps[static_cast<std::size_t>(index)];
  for (std::size_t i = 0; i < step.limits.size(); ++i) {
    const limits::Answer answer = limiters_[step.limits[i]]->ask(keys[i], now);
    if (&limits::stricter(strictest.answer, answer) == &strictest.answer) continue;
    strictest = {answer, step.limits[i], keys[i]};
  }
  return strictest;
}

bool Gate::is_open_to_others(StepIndex index, TimePoint now) {
  const auto& limits = plan_.steps[static_cast<std::size_t>(index)].limits;
  return std::all_of(limits.begin(), limits.end(), [&](std::size_t limit) {
    return limiters_[limit]->ask_together(now).granted();
  });
}

Grant Gate::take(StepIndex index, std::string_view queue, const std::vector<std::string>& keys,
                 TimePoint now, TimePoint not_before) {
  circuits_[static_cast<std::size_t>(index)].started(host_of(queue));
  if (has_shares()) ++in_flight_[keys.back()];
  Grant grant{not_before, {}};
  const auto& limits = plan_.steps[static_cast<std::size_t>(index)].limits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    grant.permits.push_back(limiters_[limits[i]]->take(keys[i], now, not_before));
  }
  return grant;
}

void Gate::started(StepIndex index, Grant& grant, TimePoint sent_at) {
  const auto& limits = plan_.steps[static_cast<std::size_t>(index)].limits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    limiters_[limits[i]]->started(grant.permits[i], sent_at);
  }
  grant.is_started = true;
}

bool Gate::needs_starts(StepIndex index) const {
  const auto& limits = plan_.steps[static_cast<std::size_t>(index)].limits;
  return std::any_of(limits.begin(), limits.end(),
                     [this](std::size_t limit) { return limiters_[limit]->needs_starts(); });
}

void Gate::release(StepIndex index, std::string_view queue, const std::vector<std::string>& keys,
                   Grant& grant, const FinishedCall& call, TimePoint now, WallTime wall) {
  if (has_shares()) --in_flight_[keys.back()];
  const limits::Ending ending = ending_of(call);
  const std::string_view host = host_of(queue);
  // Nobody knows when a dead worker wrote its requests: now is the latest that it can have been.
  const TimePoint sent_at = call.sent_at == TimePoint{} ? now : call.sent_at;
  if (!host.empty()) {
    circuits_[static_cast<std::size_t>(index)].ended(host, contact_of(call), now);
  }
  const RateHint hint = parse_rate_headers(call.rate_headers, wall);
  const auto& limits = plan_.steps[static_cast<std::size_t>(index)].limits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    limits::Limiter& limiter = *limiters_[limits[i]];
    const bool is_news = !grant.is_started && ending != limits::Ending::not_sent;
    if (is_news) limiter.started(grant.permits[i], sent_at);
    if (!call.rate_headers.empty()) learn(limits[i], keys[i], host, hint, now);
    limiter.release(grant.permits[i], ending, now);
  }
}

// A limit with keys learns about the key. One without belongs to the whole run, and what one host
// says is about that host: else a single one could stop all others for a day.
void Gate::learn(std::size_t limit, const std::string& key, std::string_view host,
                 const RateHint& hint, TimePoint now) {
  limits::Limiter& limiter = *limiters_[limit];
  if (host.empty() || !limiter.options().per.empty()) return limiter.learn(key, hint, now);
  std::string& first = first_hosts_[limit];
  if (first.empty()) first = host;
  if (first != host) has_many_hosts_[limit] = true;
  if (hint.retry_after) pauses_.pause(host, now + *hint.retry_after, now);
  if (!has_many_hosts_[limit]) {
    limiter.learn(key, {.retry_after = {}, .requests = hint.requests, .tokens = hint.tokens}, now);
  } else if (hint.requests.remaining == 0 && hint.requests.reset_after) {
    const QuotaHint& quota = hint.requests;
    const std::int64_t parts =
        quota.gradual ? std::max<std::int64_t>(1, quota.limit.value_or(1)) : 1;
    pauses_.pause(host, now + Duration(*quota.reset_after) / parts, now);
  }
}

bool Gate::frees_others(std::size_t source) const {
  if (source >= limiters_.size()) return false;
  const LimitOptions& options = limiters_[source]->options();
  return !options.per.empty() && (options.all.concurrency || options.all.spacing.count() > 0);
}

void Gate::reserve(Ledger& ledger, TimePoint now, WallTime wall) {
  for (std::size_t limit = 0; limit < limiters_.size(); ++limit) {
    if (!limiters_[limit]->wants_reservation()) continue;
    limits::Reservation reservation = limiters_[limit]->reserve(now, wall);
    Ticket ticket{};
    for (limits::Note& note : reservation.notes) {
      ticket = ledger.put_note(std::move(note.name), std::move(note.text));
    }
    ledger.hurry();
    unconfirmed_.push_back({ticket, limit, reservation.serial});
  }
}

std::vector<std::size_t> Gate::confirm(Ticket durable) {
  std::vector<std::size_t> confirmed;
  std::erase_if(unconfirmed_, [&](const Unconfirmed& one) {
    if (one.ticket > durable) return false;
    limiters_[one.limit]->confirm(one.serial);
    confirmed.push_back(one.limit);
    return true;
  });
  return confirmed;
}

void Gate::restore(const LedgerState& state, TimePoint now, WallTime wall) {
  const auto shutdown = state.closed_cleanly ? limits::Shutdown::clean : limits::Shutdown::crashed;
  for (auto& limiter : limiters_) limiter->restore(state.notes, shutdown, now, wall);
}

void Gate::close(Ledger& ledger, TimePoint now, WallTime wall) const {
  for (const auto& limiter : limiters_) {
    for (limits::Note& note : limiter->close(now, wall)) {
      ledger.put_note(std::move(note.name), std::move(note.text));
    }
  }
}

void Gate::retune(std::size_t limit, LimitOptions options, TimePoint now) {
  limiters_[limit]->retune(std::move(options), now);
}

}  // namespace penstock::engine
