// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The order of questions: control routes, behaviour, count, quota, limits, chance, route.
#include "responder.h"

#include "chance.h"
#include "mistreat.h"
#include "routes.h"
#include "search_route.h"
#include "stats_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::lab {
namespace {

// The port is left out: it is drawn anew in every run, and seeded faults must not change with it.
std::uint64_t url_of(const Request& request, const Target& target) {
  std::string url(request.host());
  return hash_text(url.append(target.raw));
}

std::int64_t unix_ns(WallTime when) {
  return std::chrono::duration_cast<Duration>(when.time_since_epoch()).count();
}

/// What is known on arrival; finish() adds the rest.
LogLine log_line(const Request& request) {
  LogLine line;
  line.t_ns = unix_ns(request.origin.wall);
  line.host = request.authority();
  line.method = request.method;
  line.target = request.target;
  line.connection = request.origin.connection;
  return line;
}

/// The key of pauses that a failure gives; limits give theirs under keys of their own.
std::string host_pause(const Request& request) { return "host:" + std::string(request.host()); }

bool announces(const LimitRule& rule, std::string_view style) {
  std::string_view rest = rule.announce;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    if (rest.substr(0, end) == style) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// x: as GitHub (reset in seconds since 1970). ietf: draft-ietf-httpapi-ratelimit-headers-03
// (reset in seconds from now). openai: with the kind as ending, reset as "120ms".
void announce(Answer& answer, const Standing& standing, WallTime now) {
  const auto allowed = std::to_string(standing.allowed);
  const auto remaining = std::to_string(standing.remaining);
  if (announces(*standing.rule, "x")) {
    const auto reset = std::chrono::ceil<std::chrono::seconds>(now + standing.reset);
    add_header(answer, "x-ratelimit-limit", allowed);
    add_header(answer, "x-ratelimit-remaining", remaining);
    add_header(answer, "x-ratelimit-reset", std::to_string(reset.time_since_epoch().count()));
  }
  if (announces(*standing.rule, "ietf")) {
    const auto reset = std::chrono::ceil<std::chrono::seconds>(standing.reset);
    add_header(answer, "RateLimit-Limit", allowed);
    add_header(answer, "RateLimit-Remaining", remaining);
    add_header(answer, "RateLimit-Reset", std::to_string(reset.count()));
  }
  if (announces(*standing.rule, "openai")) {
    const auto reset = std::chrono::ceil<std::chrono::milliseconds>(standing.reset);
    add_header(answer, "x-ratelimit-limit-requests", allowed);
    add_header(answer, "x-ratelimit-remaining-requests", remaining);
    add_header(answer, "x-ratelimit-reset-requests", std::to_string(reset.count()) + "ms");
  }
}

std::string outcome_of(const Answer& answer, Breakage breakage) {
  switch (breakage) {
    case Breakage::none:
      return std::to_string(answer.status);
    case Breakage::truncate:
      return "truncate";
    case Breakage::reset:
      return "reset";
    case Breakage::hang:
      return "hang";
    case Breakage::garbage:
      return "garbage";
  }
  return "unknown";
}

Answer quota_refusal() {
  return error_answer(429, "insufficient_quota", "You exceeded your current quota");
}

}  // namespace

Responder::Responder(Site site, ResponderOptions options, RequestLog log)
    : options_(std::move(options)),
      log_(std::move(log)),
      site_(std::move(site)),
      limiter_(options_.limits),
      pauses_(options_.early_grace),
      quota_(options_.quota) {}

Responder::Reply Responder::answer(const Request& request) {
  const auto target = parse_target(request.target);
  if (auto controlled = control(request, target)) {
    controlled->delivery.head_only = request.method == "HEAD";
    return {std::move(*controlled), {}};
  }
  Exchange exchange;
  if (log_.is_on()) exchange.log = log_line(request);
  auto refusal = admit(request, target, exchange);
  Answer answer;
  if (refusal) {
    answer = std::move(*refusal);
    answer.delivery.head_only = request.method == "HEAD";
    exchange.outcome = std::to_string(answer.status);
  } else if (auto behaviour = behaviour_of(target)) {
    answer = compose(request, target, std::move(*behaviour), exchange);
  } else {
    answer = error_answer(400, "bad_behaviour", behaviour.error().message);
    exchange.outcome = "400";
  }
  exchange.status = answer.status;
  return {std::move(answer), std::move(exchange)};
}

// Tests poll these while they count: they are neither counted, limited nor mistreated.
std::optional<Answer> Responder::control(const Request& request, const Target& target) {
  if (target.path == "/stats") return json_answer(200, stats_json());
  if (target.path == "/quota") return quota_answer(request, target);
  if (target.path != "/stats/reset") return std::nullopt;
  if (request.method != "POST") return error_answer(405, "method", "POST resets the counts");
  const std::lock_guard lock(mutex_);
  stats_.clear();
  limiter_.clear_counts();
  pauses_.clear();
  return json_answer(200, "{\"reset\":true}\n");
}

Answer Responder::quota_answer(const Request& request, const Target& target) {
  const std::lock_guard lock(mutex_);
  if (request.method == "POST") {
    const auto left = number_param(target, "left", 0, UINT64_MAX);
    if (!left) return error_answer(400, "bad_parameter", left.error().message);
    quota_ = *left;
  }
  return json_answer(200,
                     fmt::format("{{\"left\":{}}}\n", quota_ ? std::to_string(*quota_) : "null"));
}

Result<Behaviour> Responder::behaviour_of(const Target& target) const {
  Behaviour behaviour;
  for (const auto& rule : options_.behaviours) {
    if (target.path.compare(0, rule.path.size(), rule.path) != 0) continue;
    PENSTOCK_TRY(next, with_params(std::move(behaviour), rule.params));
    behaviour = std::move(next);
  }
  return with_params(std::move(behaviour), target.params);
}

// One lock for the whole of it: counts, quota and limits must agree on the order of requests.
std::optional<Answer> Responder::admit(const Request& request, const Target& target,
                                       Exchange& exchange) {
  const auto now = request.origin.at;
  const std::lock_guard lock(mutex_);
  exchange.visit = stats_.begin(std::string(request.host()), url_of(request, target), now);
  auto worst = pauses_.judge(host_pause(request), now);
  std::optional<Answer> refusal;
  Admission admission;
  if (quota_ && *quota_ == 0) {
    refusal = quota_refusal();
  } else {
    admission = limiter_.admit(request, target, now);
    for (const auto& key : admission.keys) worst = std::max(worst, pauses_.judge(key, now));
    if (!admission.admitted) refusal = refuse(request, admission);
    if (!refusal && quota_) --*quota_;
  }
  stats_.mark(exchange.visit, worst);
  exchange.leases = std::move(admission.leases);
  exchange.standings = std::move(admission.standings);
  return refusal;
}

Answer Responder::refuse(const Request& request, const Admission& admission) {
  auto answer = error_answer(429, "rate_limit_exceeded", "too many requests, slow down");
  for (const auto& standing : admission.standings) announce(answer, standing, request.origin.wall);
  std::optional<RetryAfter> retry;
  switch (limiter_.rules()[admission.refusing_rule].retry_form) {
    case RetryForm::seconds:
      retry = retry_after_seconds(admission.retry_after);
      break;
    case RetryForm::date:
      retry = retry_after_date(admission.retry_after, request.origin.wall);
      break;
    case RetryForm::ms:
      retry = retry_after_ms(admission.retry_after);
      break;
    case RetryForm::none:
      return answer;
  }
  add_header(answer, retry->header, retry->value);
  pauses_.give(admission.refused_by, request.origin.at, request.origin.at + retry->holds);
  return answer;
}

// Without the lock: searching and compressing may take milliseconds.
Answer Responder::compose(const Request& request, const Target& target, Behaviour behaviour,
                          Exchange& exchange) {
  const auto& visit = exchange.visit;
  behaviour = with_chance(std::move(behaviour), options_.seed, visit.url, visit.nth);
  auto answer = instead_of_route(behaviour, target);
  if (!answer) answer = route(site_, request, target);
  answer = mistreated(std::move(*answer), behaviour, request);
  for (const auto& standing : exchange.standings) announce(*answer, standing, request.origin.wall);
  const auto leaves = request.origin.at + answer->delivery.delay;
  for (const auto& retry : retry_afters(behaviour, answer->status, request.origin.wall)) {
    const std::lock_guard lock(mutex_);
    pauses_.give(host_pause(request), leaves, leaves + retry.holds);
  }
  exchange.outcome = outcome_of(*answer, behaviour.breakage);
  exchange.is_broken = behaviour.breakage != Breakage::none;
  return std::move(*answer);
}

void Responder::finish(const Exchange& exchange, const Delivered& delivered) {
  if (!exchange.visit.host) return;
  const bool well = exchange.status < 300 && !exchange.is_broken && !delivered.abandoned;
  {
    const std::lock_guard lock(mutex_);
    stats_.end(exchange.visit, {exchange.outcome, delivered.bytes_out, well, delivered.abandoned});
    limiter_.release(exchange.leases);
  }
  if (!log_.is_on()) return;
  auto line = exchange.log;
  line.end_ns = unix_ns(delivered.at);
  line.bytes_out = delivered.bytes_out;
  line.abandoned = delivered.abandoned;
  log_.write(render(line, exchange.status, exchange.outcome));
}

void Responder::connected() {
  const std::lock_guard lock(mutex_);
  stats_.connected();
}

void Responder::disconnected() {
  const std::lock_guard lock(mutex_);
  stats_.disconnected();
}

std::string Responder::stats_json() {
  const std::lock_guard lock(mutex_);
  return render_stats(stats_, limiter_, quota_);
}

}  // namespace penstock::lab
