// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Only admitted requests count against a rate: who keeps knocking is not locked out for ever.
#include "limits.h"

#include <algorithm>
#include <cmath>

namespace penstock::lab {
namespace {

// How long to stay away from a limit of concurrency: nobody knows, services say one second.
constexpr Duration kBusyRetry = std::chrono::seconds(1);

/// At least one: a limit that admits nobody is a quota of 0, or status=429.
std::uint64_t allowed_per_window(const LimitRule& rule) {
  const double seconds = std::chrono::duration<double>(rule.window).count();
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::llround(rule.rate_per_s * seconds)));
}

/// Begins with the number of the rule: two limits never share a key.
std::string key_of(std::size_t number, const LimitRule& rule, const Request& request,
                   const Target& target) {
  std::string key = std::to_string(number) + ":";
  switch (rule.key_by) {
    case KeyBy::global:
      break;
    case KeyBy::host:
      key.append(request.host());
      break;
    case KeyBy::path:
      key.append(target.path);
      break;
    case KeyBy::ip:
      key.append(request.origin.peer);
      break;
    case KeyBy::header:
      key.append(request.header(rule.header));
      break;
  }
  return key;
}

Status set_key(LimitRule& rule, std::string_view value) {
  constexpr std::string_view kHeader = "header:";
  if (value.substr(0, kHeader.size()) == kHeader && value.size() > kHeader.size()) {
    rule.key_by = KeyBy::header;
    rule.header = value.substr(kHeader.size());
    return ok();
  }
  if (value == "global")
    rule.key_by = KeyBy::global;
  else if (value == "host")
    rule.key_by = KeyBy::host;
  else if (value == "path")
    rule.key_by = KeyBy::path;
  else if (value == "ip")
    rule.key_by = KeyBy::ip;
  else
    return not_a("key (global, host, path, ip, header:NAME)", value);
  return ok();
}

Status set_retry(LimitRule& rule, std::string_view value) {
  if (value == "seconds")
    rule.retry_form = RetryForm::seconds;
  else if (value == "date")
    rule.retry_form = RetryForm::date;
  else if (value == "ms")
    rule.retry_form = RetryForm::ms;
  else if (value == "none")
    rule.retry_form = RetryForm::none;
  else
    return not_a("form (seconds, date, ms, none)", value);
  return ok();
}

Status set_announce(LimitRule& rule, std::string_view value) {
  rule.announce = value;
  while (!value.empty()) {
    const auto style = value.substr(0, value.find(','));
    if (style != "x" && style != "ietf" && style != "openai") {
      return not_a("list of x, ietf, openai", value);
    }
    value.remove_prefix(std::min(style.size() + 1, value.size()));
  }
  return ok();
}

/// REQUIRES: `admitted` holds nothing older than the window.
Standing standing_of(const LimitRule& rule, const std::deque<TimePoint>& admitted, TimePoint now) {
  Standing standing{&rule, allowed_per_window(rule), 0, {}};
  const auto used = std::min<std::uint64_t>(admitted.size(), standing.allowed);
  standing.remaining = standing.allowed - used;
  if (!admitted.empty()) {
    // One more is allowed once the oldest of the last `allowed` has left the window.
    const auto oldest = admitted[admitted.size() - used];
    standing.reset = std::max(Duration{}, Duration(oldest + rule.window - now));
  }
  return standing;
}

}  // namespace

Status set_limit(LimitRule& rule, std::string_view name, std::string_view value) {
  if (name == "rate") {
    PENSTOCK_TRY(rate, parse_rate(value));
    rule.rate_per_s = rate;
    return ok();
  }
  if (name == "window") {
    PENSTOCK_TRY(window, parse_duration(value));
    if (window.count() == 0) return not_a("window", value);
    rule.window = window;
    return ok();
  }
  if (name == "concurrency") {
    PENSTOCK_TRY(places, parse_whole(value));
    rule.concurrency = places;
    return ok();
  }
  if (name == "path") {
    rule.path = value;
    return ok();
  }
  if (name == "key") return set_key(rule, value);
  if (name == "retry") return set_retry(rule, value);
  if (name == "announce") return set_announce(rule, value);
  return not_a("property of a limit (rate, window, concurrency, key, path, retry, announce)", name);
}

Result<LimitRule> parse_limit(std::string_view spec) {
  const auto target = parse_target(spec);
  LimitRule rule;
  rule.path = target.path;
  for (const auto& param : target.params) {
    PENSTOCK_CHECK(set_limit(rule, param.name, param.value));
  }
  if (rule.rate_per_s == 0 && rule.concurrency == 0) {
    return not_a("limit (it needs a rate or a concurrency)", spec);
  }
  return rule;
}

Limiter::Limiter(std::vector<LimitRule> rules)
    : rules_(std::move(rules)), gates_(rules_.size()), counts_(rules_.size()) {}

Admission Limiter::admit(const Request& request, const Target& target, TimePoint now) {
  Admission admission;
  std::vector<std::size_t> concerned;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (target.path.compare(0, rules_[i].path.size(), rules_[i].path) != 0) continue;
    concerned.push_back(i);
    admission.keys.push_back(key_of(i, rules_[i], request, target));
    ask(i, admission.keys.back(), now, admission);
  }
  if (!admission.admitted) return admission;
  for (std::size_t n = 0; n < concerned.size(); ++n) {
    take(concerned[n], admission.keys[n], now);
    admission.leases.emplace_back(concerned[n], admission.keys[n]);
  }
  return admission;
}

// Looks only: nothing is taken until all limits have agreed.
void Limiter::ask(std::size_t number, const std::string& key, TimePoint now, Admission& admission) {
  const auto& rule = rules_[number];
  auto& gate = gates_[number][key];
  while (!gate.admitted.empty() && now - gate.admitted.front() >= rule.window) {
    gate.admitted.pop_front();
  }
  auto standing = standing_of(rule, gate.admitted, now);
  const bool too_fast = rule.rate_per_s > 0 && standing.remaining == 0;
  const bool too_many = rule.concurrency > 0 && gate.in_flight >= rule.concurrency;
  if (too_fast || too_many) {
    const auto wait = too_fast ? standing.reset : kBusyRetry;
    if (admission.admitted || wait > admission.retry_after) {
      admission.retry_after = wait;
      admission.refused_by = key;
      admission.refusing_rule = number;
    }
    admission.admitted = false;
    ++counts_[number].refused;
  } else if (standing.remaining > 0) {
    --standing.remaining;  // Announced is what remains after this request.
  }
  if (rule.rate_per_s > 0) admission.standings.push_back(standing);
}

void Limiter::take(std::size_t number, const std::string& key, TimePoint now) {
  auto& gate = gates_[number][key];
  if (rules_[number].rate_per_s > 0) gate.admitted.push_back(now);
  ++gate.in_flight;
  ++counts_[number].admitted;
}

void Limiter::release(const Leases& leases) {
  for (const auto& [rule, key] : leases) --gates_[rule][key].in_flight;
}

void Limiter::clear_counts() { std::fill(counts_.begin(), counts_.end(), Count{}); }

}  // namespace penstock::lab
