// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See limiter.h.
#include "limits/limiter.h"

#include <algorithm>

namespace penstock::limits {
namespace {

constexpr std::size_t kKeysMin = 64;
constexpr Duration kPauseToKeep = std::chrono::milliseconds(50);  // No restart is faster.

LimitRules with_exception(LimitRules rules, const LimitRules& exception) {
  if (!exception.rates.empty()) rules.rates = exception.rates;
  if (exception.concurrency) rules.concurrency = exception.concurrency;
  if (exception.spacing > Duration(0)) rules.spacing = exception.spacing;
  return rules;
}

bool counts_starts(const LimitRules& rules) {
  return !rules.rates.empty() || rules.spacing > Duration(0);
}

/// Slots that are too far ahead to be granted are times to ask again.
Answer within_reach(const Answer& answer, TimePoint now) {
  const bool is_far = answer.granted() && answer.at > now + kGrantAhead;
  return is_far ? Answer{Hold::time, answer.at - kAskEarly, answer.rule} : answer;
}

}  // namespace

Limiter::Plan::Plan(const LimitOptions& options)
    : all(options.name, options.all, ""), each(options.name, options.each, " per " + options.per) {
  for (const auto& [key, exception] : options.keys) {
    keys.try_emplace(key, options.name, with_exception(options.each, exception), " for " + key);
  }
}

const NamedRules& Limiter::Plan::rules_of(std::string_view key) const {
  const auto found = keys.find(key);
  return found == keys.end() ? each : found->second;
}

Limiter::Limiter(LimitOptions options)
    : options_(std::move(options)),
      plan_(std::make_unique<const Plan>(options_)),
      all_("", Key{RuleSet(plan_->all)}),
      sweep_at_(kKeysMin) {}

Answer Limiter::ask(std::string_view key, TimePoint now, std::int64_t cost) {
  Answer answer = ask_entry(all_, now, cost);
  if (is_keyed()) answer = stricter(answer, ask_entry(entry(key, now), now, cost));
  return within_reach(answer, now);
}

Answer Limiter::ask_together(TimePoint now, std::int64_t cost) {
  return within_reach(ask_entry(all_, now, cost), now);
}

Answer Limiter::ask_entry(Entry& entry, TimePoint now, std::int64_t cost) {
  cost_max_ = std::max(cost_max_, cost);
  if (entry.second.rules.wants_reservation(cost)) queue(entry);
  return entry.second.rules.ask(now, cost);
}

TimePoint Limiter::next_permitted(std::string_view key, TimePoint now) { return ask(key, now).at; }

Permit Limiter::take(std::string_view key, TimePoint now, TimePoint not_before, std::int64_t cost) {
  Permit permit;
  permit.not_before_ = not_before;
  permit.cost_ = cost;
  if (is_keyed()) permit.keyed_ = &entry(key, now).second.rules;
  each_set(permit, [&](RuleSet& rules) { rules.take(not_before, cost, now); });
  return permit;
}

void Limiter::started(Permit& permit, TimePoint at) {
  if (permit.started_) return;
  const TimePoint start = std::max(at, permit.not_before_);
  each_set(permit, [&](RuleSet& rules) { rules.started(start, permit.cost_); });
  permit.started_ = start;
}

void Limiter::correct(Permit& permit, std::int64_t cost) {
  const std::int64_t difference = cost - permit.cost_;
  each_set(permit, [&](RuleSet& rules) { rules.correct(permit.started_, difference); });
  permit.cost_ = cost;
}

void Limiter::release(Permit& permit, Ending ending, TimePoint now) {
  if (!permit.started_ && ending == Ending::not_sent) {
    each_set(permit, [&](RuleSet& rules) { rules.abandon_start(permit.cost_); });
  } else if (!permit.started_) {
    started(permit, now);  // Nobody knows when it was written, only that it is over.
  }
  const Duration latency = permit.started_ ? now - *permit.started_ : now - permit.not_before_;
  each_set(permit, [&](RuleSet& rules) { rules.release(ending, latency, now); });
}

void Limiter::pause_until(std::string_view key, TimePoint until, TimePoint now) {
  Entry& entry = peer(key, now);
  entry.second.rules.pause_until(until);
  if (until > now + kPauseToKeep) queue(entry);
}

void Limiter::learn(std::string_view key, const RateHint& hint, TimePoint now) {
  if (hint.retry_after) pause_until(key, now + *hint.retry_after, now);
  const QuotaHint& quota = hint.requests;
  if (!quota.remaining || !quota.reset_after) return;
  if (!quota.gradual) {
    peer(key, now).second.rules.set_remaining(*quota.remaining, now + *quota.reset_after);
  } else if (*quota.remaining == 0) {
    const Duration one =
        Duration(*quota.reset_after) / std::max<std::int64_t>(1, quota.limit.value_or(1));
    pause_until(key, now + one, now);
  }
}

void Limiter::retune(LimitOptions options, TimePoint now) {
  options_ = std::move(options);
  auto plan = std::make_unique<const Plan>(options_);
  all_.second.rules.retune(plan->all, now);
  for (auto& [key, state] : keyed_) state.rules.retune(plan->rules_of(key), now);
  plan_ = std::move(plan);
}

bool Limiter::needs_starts() const noexcept {
  return counts_starts(options_.all) || counts_starts(options_.each) ||
         std::any_of(options_.keys.begin(), options_.keys.end(),
                     [](const auto& exception) { return counts_starts(exception.second); });
}

Limiter::Entry& Limiter::entry(std::string_view key, TimePoint now) {
  std::string name(key);
  if (const auto found = keyed_.find(name); found != keyed_.end()) return *found;
  if (keyed_.size() >= sweep_at_) sweep(now);
  const auto made = keyed_.try_emplace(std::move(name), Key{RuleSet(plan_->rules_of(key))}).first;
  if (restarted_at_) made->second.rules.restart(*restarted_at_);
  return *made;
}

void Limiter::sweep(TimePoint now) {
  for (auto at = keyed_.begin(); at != keyed_.end();) {
    const Key& key = at->second;
    const bool stays = key.is_queued || key.promised_in != 0 || !key.rules.rested(now);
    if (!stays && key.has_note) forgotten_.push_back(note_name(*at));
    at = stays ? std::next(at) : keyed_.erase(at);
  }
  sweep_at_ = std::max(kKeysMin, 2 * keyed_.size());
}

template <typename Change>
void Limiter::each_set(const Permit& permit, Change change) {
  change(all_.second.rules);
  if (permit.keyed_ != nullptr) change(*permit.keyed_);
}

}  // namespace penstock::limits
