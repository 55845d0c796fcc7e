// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See rate_rule.h.
#include "limits/rate_rule.h"

#include <algorithm>
#include <cmath>

namespace penstock::limits {
namespace {

/// What the rate allows in this time, rounded up. At least one.
std::int64_t worth(const Rate& rate, std::chrono::duration<double> time) {
  const double windows = time / std::chrono::duration<double>(rate.window);
  return std::max<std::int64_t>(1,
                                std::llround(std::ceil(static_cast<double>(rate.count) * windows)));
}

Pace pace_of(const Rate& rate) {
  const Duration interval = (rate.window + kWindowMargin) / rate.count + Duration(1);
  const std::int64_t burst = rate.count * std::chrono::milliseconds(100) / rate.window;
  return Pace(interval, std::max<std::int64_t>(1, burst));
}

}  // namespace

RateRule::RateRule(Rate rate, Kind kind)
    : rate_(rate), log_(rate.count, rate.window + kWindowMargin) {
  if (kind == Kind::paced) pace_ = pace_of(rate);
}

TimePoint RateRule::slot(TimePoint from, std::int64_t cost) const noexcept {
  return log_.slot(pace_ ? pace_->slot(from) : from, held_ + cost);
}

bool RateRule::waits_for_starts(std::int64_t cost) const noexcept {
  return held_ > 0 && held_ + cost > rate_.count;
}

bool RateRule::has_reserved(std::int64_t cost) const noexcept {
  return pace_ || durable_until_ - taken_ >= cost;
}

bool RateRule::wants_reservation(std::int64_t cost) const noexcept {
  return !pace_ && promised_until_ - taken_ < std::max(cost, (block() + 1) / 2);
}

void RateRule::take(TimePoint at, std::int64_t cost, TimePoint now) {
  log_.prune(now);
  held_ += cost;
  if (pace_) pace_->take(at, cost);
  taken_ += cost;
}

void RateRule::started(TimePoint at, std::int64_t cost) {
  held_ -= std::min(held_, cost);  // Less is held if this rule is younger than the permit.
  log_.add(at, cost);
}

void RateRule::abandon(std::int64_t cost) {
  held_ -= std::min(held_, cost);
  if (pace_) pace_->give_back(cost);
}

void RateRule::correct(std::optional<TimePoint> started, std::int64_t difference) {
  if (!started) {
    held_ = std::max<std::int64_t>(0, held_ + difference);
  } else if (difference >= 0) {
    log_.add(*started, difference);
  } else {
    log_.remove(*started, -difference);
  }
  if (pace_ && difference < 0) pace_->give_back(-difference);
  if (pace_ && difference > 0) pace_->take(started.value_or(kLongAgo), difference);
  taken_ += std::max<std::int64_t>(0, difference);
}

void RateRule::reserve(std::int64_t cost_max) noexcept {
  promised_until_ = taken_ + std::max(block(), cost_max);
}

void RateRule::inherit(const RateRule& older, TimePoint now) {
  for (const WindowLog::Run& run : older.log_.runs()) log_.add(run.end, run.count);
  log_.prune(now);
  held_ = older.held_;
  if (pace_) pace_->empty(now);
}

RuleState RateRule::state() const {
  // What is held may start until the last moment: after a crash it counts as if it had.
  const std::int64_t reserved = held_ + std::max<std::int64_t>(0, promised_until_ - taken_);
  return RuleState{.window = rate_.window,
                   .reserved = pace_ ? 0 : reserved,
                   .full_at = pace_ ? pace_->full_at() : kLongAgo,
                   .runs = {log_.runs().begin(), log_.runs().end()}};
}

void RateRule::restart(TimePoint now) noexcept {
  if (pace_) pace_->empty(now);
}

void RateRule::restore(const RuleState& state, TimePoint now) {
  for (const WindowLog::Run& run : state.runs) log_.add(run.end, run.count);
  log_.prune(now);
  if (pace_) pace_->set_full_at(state.full_at);
}

bool RateRule::rested(TimePoint now) const noexcept {
  return held_ == 0 && log_.empty(now) && (!pace_ || pace_->rested(now));
}

std::int64_t RateRule::block() const noexcept {
  const auto share = std::chrono::duration<double>(rate_.window) / 128;
  return worth(rate_, std::max(std::chrono::duration<double>(1), share));
}

}  // namespace penstock::limits
