// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See rule_set.h.
#include "limits/rule_set.h"

#include "limits/limit_text.h"

#include <algorithm>
#include <utility>

namespace penstock::limits {
namespace {

RateRule::Kind kind_of(const Rate& rate, const std::vector<Rate>& rates) {
  const bool is_shortest = std::all_of(
      rates.begin(), rates.end(), [&](const Rate& other) { return rate.window <= other.window; });
  const bool paces = is_shortest && rate.window < std::chrono::hours(1);
  return paces ? RateRule::Kind::paced : RateRule::Kind::quota;
}

/// The one that knows most of the starts in a window: the shortest that covers it, or the longest.
template <typename Past>
const Past* best_past(const std::vector<Past>& pasts, Duration window,
                      Duration (*length)(const Past&)) {
  const Past* best = nullptr;
  for (const Past& past : pasts) {
    const bool covers = length(past) >= window;
    const bool best_covers = best != nullptr && length(*best) >= window;
    const bool is_longer = best == nullptr || length(past) > length(*best);
    const bool is_better = best_covers ? covers && !is_longer : covers || is_longer;
    if (is_better) best = &past;
  }
  return best;
}

const RuleState* state_for(const RateRule& rule, const KeyState& state) {
  return best_past<RuleState>(state.rules, rule.rate().window,
                              [](const RuleState& past) { return past.window; });
}

const RateRule* rule_for(const Rate& rate, const std::vector<RateRule>& rules) {
  return best_past<RateRule>(rules, rate.window,
                             [](const RateRule& past) { return past.rate().window; });
}

}  // namespace

NamedRules::NamedRules(std::string_view limit, LimitRules named, std::string_view whose)
    : rules(std::move(named)) {
  const auto name = [&](const std::string& rule) {
    return std::string(limit) + ": " + rule + std::string(whose);
  };
  for (const Rate& rate : rules.rates) rates.push_back(name(to_text(rate)));
  if (rules.concurrency) concurrency = name(to_text(*rules.concurrency) + " in flight");
  spacing = name(to_text(rules.spacing) + " between starts");
  pause = std::string(limit) + ": asked to wait";
  remaining = std::string(limit) + ": what the service has left";
}

RuleSet::RuleSet(const NamedRules& rules) : rules_(&rules), spacing_(rules.rules.spacing) {
  for (const Rate& rate : rules.rules.rates) {
    rates_.emplace_back(rate, kind_of(rate, rules.rules.rates));
  }
  set_concurrency();
}

Answer RuleSet::ask(TimePoint now, std::int64_t cost) const noexcept {
  Answer answer = ask_events(cost);
  if (!answer.granted()) return answer;
  answer.at = now;
  const auto delay = [&answer](TimePoint at, std::string_view rule) {
    if (at > answer.at) answer = Answer{Hold::none, at, rule};
  };
  delay(paused_until_, rules_->pause);
  if (spacing_.exists()) delay(spacing_.slot(now), rules_->spacing);
  for (std::size_t i = 0; i < rates_.size(); ++i) {
    delay(rates_[i].slot(now, cost), rules_->rates[i]);
  }
  const bool is_used_up = remaining_until_ > now && remaining_ - in_flight_ < cost;
  if (is_used_up && in_flight_ > 0) return Answer{Hold::release, kNever, rules_->remaining};
  if (is_used_up) delay(remaining_until_, rules_->remaining);
  return answer;
}

Answer RuleSet::ask_events(std::int64_t cost) const noexcept {
  for (std::size_t i = 0; i < rates_.size(); ++i) {
    if (!rates_[i].has_reserved(cost)) return Answer{Hold::reservation, kNever, rules_->rates[i]};
    if (rates_[i].waits_for_starts(cost)) return Answer{Hold::release, kNever, rules_->rates[i]};
  }
  if (in_flight_ >= concurrency()) return Answer{Hold::release, kNever, rules_->concurrency};
  if (spacing_.exists() && spacing_.outstanding()) {
    return Answer{Hold::release, kNever, rules_->spacing};
  }
  return Answer{};
}

void RuleSet::take(TimePoint at, std::int64_t cost, TimePoint now) {
  ++in_flight_;
  spacing_.take();
  for (RateRule& rate : rates_) rate.take(at, cost, now);
}

void RuleSet::started(TimePoint at, std::int64_t cost) {
  spacing_.started(at);
  for (RateRule& rate : rates_) rate.started(at, cost);
}

void RuleSet::abandon_start(std::int64_t cost) {
  spacing_.abandon();
  for (RateRule& rate : rates_) rate.abandon(cost);
}

void RuleSet::correct(std::optional<TimePoint> started, std::int64_t difference) {
  for (RateRule& rate : rates_) rate.correct(started, difference);
}

void RuleSet::release(Ending ending, Duration latency, TimePoint now) noexcept {
  if (adaptive_) adaptive_->ended(ending, latency, in_flight_, now);
  --in_flight_;
}

void RuleSet::pause_until(TimePoint until) noexcept {
  paused_until_ = std::max(paused_until_, until);
}

void RuleSet::set_remaining(std::int64_t remaining, TimePoint until) noexcept {
  // Headers round to seconds. Answers may overtake each other, so within one window the lowest
  // number holds; its end stays where it was first seen, so that a sliding one cannot hold for
  // ever.
  constexpr Duration kRounding = std::chrono::seconds(2);
  const bool is_same_window =
      until <= remaining_until_ + kRounding && until >= remaining_until_ - kRounding;
  remaining_ = is_same_window ? std::min(remaining_, remaining) : remaining;
  if (!is_same_window) remaining_until_ = until;
}

void RuleSet::retune(const NamedRules& rules, TimePoint now) {
  rules_ = &rules;
  std::vector<RateRule> rates;
  for (const Rate& rate : rules.rules.rates) {
    RateRule rule(rate, kind_of(rate, rules.rules.rates));
    const RateRule* past = rule_for(rate, rates_);
    const bool is_same = past != nullptr && past->rate() == rate && past->kind() == rule.kind();
    if (past != nullptr && !is_same) rule.inherit(*past, now);
    rates.push_back(is_same ? *past : std::move(rule));
  }
  rates_ = std::move(rates);
  spacing_.set(rules.rules.spacing);
  set_concurrency();
}

bool RuleSet::wants_reservation(std::int64_t cost) const noexcept {
  return std::any_of(rates_.begin(), rates_.end(),
                     [cost](const RateRule& rate) { return rate.wants_reservation(cost); });
}

void RuleSet::reserve(std::int64_t cost_max) noexcept {
  for (RateRule& rate : rates_) rate.reserve(cost_max);
}

void RuleSet::confirm() noexcept {
  for (RateRule& rate : rates_) rate.confirm();
}

KeyState RuleSet::state() const {
  KeyState state{.paused_until = paused_until_, .last_start = spacing_.last()};
  for (const RateRule& rate : rates_) state.rules.push_back(rate.state());
  return state;
}

void RuleSet::restart(TimePoint now) {
  for (RateRule& rate : rates_) rate.restart(now);
  spacing_.started(now);
}

void RuleSet::restore(const KeyState& state, TimePoint now) {
  paused_until_ = state.paused_until;
  spacing_.started(state.last_start);
  for (RateRule& rate : rates_) {
    if (const RuleState* past = state_for(rate, state)) rate.restore(*past, now);
  }
}

void RuleSet::spend(const KeyState& state, TimePoint now) {
  for (RateRule& rate : rates_) {
    const RuleState* past = state_for(rate, state);
    if (past != nullptr && rate.kind() == RateRule::Kind::quota) rate.spend(past->reserved, now);
  }
}

void RuleSet::spend_all(TimePoint now) {
  for (RateRule& rate : rates_) rate.spend(rate.rate().count, now);
}

bool RuleSet::rested(TimePoint now) const noexcept {
  return in_flight_ == 0 && paused_until_ <= now && remaining_until_ <= now &&
         (!spacing_.exists() || spacing_.rested(now)) && (!adaptive_ || adaptive_->rested(now)) &&
         std::all_of(rates_.begin(), rates_.end(),
                     [now](const RateRule& rate) { return rate.rested(now); });
}

std::int64_t RuleSet::concurrency() const noexcept {
  if (adaptive_) return adaptive_->limit();
  const auto& concurrency = rules_->rules.concurrency;
  return concurrency ? concurrency->count : INT64_MAX;
}

void RuleSet::set_concurrency() {
  const auto& concurrency = rules_->rules.concurrency;
  const bool is_adaptive = concurrency && concurrency->adaptive;
  if (!is_adaptive) {
    adaptive_.reset();
  } else if (adaptive_) {
    adaptive_->set_max(concurrency->count);
  } else {
    adaptive_.emplace(concurrency->count);
  }
}

}  // namespace penstock::limits
