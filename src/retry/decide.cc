// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See decide.h.
#include "retry/decide.h"

#include "retry/backoff.h"

#include <algorithm>

namespace penstock::retry {
namespace {

/// How often this kind of failure has happened, and how often it may.
struct Budget {
  int spent;
  int allowed;
};

Budget budget_for(Errc code, const Tried& tried, const RetryOptions& options) noexcept {
  if (code == Errc::throttled) return {tried.throttles, options.throttles};
  if (code == Errc::crashed) return {tried.crashes, options.crashes};
  return {tried.attempts - tried.throttles - tried.crashes, options.attempts};
}

Decision fail(std::string_view reason) noexcept {
  return Decision{.verdict = Verdict::fail, .reason = reason};
}

}  // namespace

Decision decide(const Error& error, Repeatable repeatable, const Tried& tried,
                const RetryOptions& options, std::uint64_t random) noexcept {
  if (error.code == Errc::cancelled) return Decision{.verdict = Verdict::again};
  if (error.code == Errc::exhausted) return Decision{.verdict = Verdict::park};
  if (stops_run(error.code)) return Decision{.verdict = Verdict::stop};
  const bool crashed = error.code == Errc::crashed;
  const Budget budget = budget_for(error.code, tried, options);
  if (crashed && budget.spent >= budget.allowed) {
    return Decision{.verdict = Verdict::poison, .reason = "killed its worker too often"};
  }
  if (!is_retryable(error, repeatable)) {
    const bool is_lost = is_retryable(error, Repeatable::yes);
    return fail(is_lost ? "may have been done, and must not be repeated" : "would fail again");
  }
  if (budget.spent >= budget.allowed) return fail("no attempts left");
  // A suspect is tried alone at once: what it needs is a worker of its own, not time.
  Duration wait = crashed ? Duration(0) : backoff(options, std::max(1, budget.spent), random);
  if (error.retry_after) wait = std::max<Duration>(wait, *error.retry_after);
  const Duration deadline = options.deadline;
  if (deadline > Duration(0) && tried.elapsed + wait > deadline) return fail("deadline passed");
  return Decision{.verdict = Verdict::again, .wait = wait};
}

}  // namespace penstock::retry
