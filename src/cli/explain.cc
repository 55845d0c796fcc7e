// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What binds is the smallest of what is known before anything ran: slots and limits. Latencies and
// sizes are the service's, and not guessed.
#include "cli/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/paragraphs.h"
#include "limits/limit_text.h"
#include "report/safe_text.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

using report::count_words;

constexpr std::size_t kOutlineColumns = 400;

std::string words(std::size_t count) { return count_words(static_cast<std::int64_t>(count)); }

void add_rules(const LimitRules& rules, const std::string& per, std::vector<std::string>& out) {
  const std::string whom = per.empty() ? "" : " per " + per;
  for (const Rate& rate : rules.rates) out.push_back(limits::to_text(rate) + whom);
  if (rules.concurrency) out.push_back(limits::to_text(*rules.concurrency) + " in flight" + whom);
  if (rules.spacing > Duration::zero())
    out.push_back(limits::to_text(rules.spacing) + " between starts" + whom);
}

double per_second(const Rate& rate) {
  return static_cast<double>(rate.count) / std::chrono::duration<double>(rate.window).count();
}

/// The slowest rate over all keys of the limits that a step names.
struct RateBound {
  double per_s = 0;
  std::string limit;
};

std::optional<RateBound> rate_bound(const engine::Plan& plan, const engine::PlannedStep& step) {
  std::optional<RateBound> slowest;
  for (const std::size_t index : step.limits)
    for (const Rate& rate : plan.limits[index].all.rates)
      if (!slowest || per_second(rate) < slowest->per_s)
        slowest = RateBound{per_second(rate), plan.limits[index].name};
  return slowest;
}

std::size_t slots_of(const engine::Plan& plan) {
  const std::size_t all = plan.workers * plan.concurrency;
  return plan.at_once > 0 ? std::min(all, plan.at_once) : all;
}

class Lines {
 public:
  explicit Lines(const report::Style& style) : style_(style) {}

  void add(std::string_view label, const std::string& text) {
    text_ += wrapped(fmt::format("  {:<13} {}", label, text), 0,
                     std::min<std::size_t>(style_.columns, 92));
  }
  void title(const std::string& text) { text_ += paint(style_, report::Colour::bold, text) + "\n"; }
  std::string take() { return std::move(text_); }

 private:
  const report::Style& style_;
  std::string text_;
};

void add_input(const job::Job& job, Lines& lines) {
  lines.title(fmt::format("{}", job.plan.name));
  std::string input = job.source.words;
  if (!job.source.is_pipe) {
    const auto source = job.source.open({});
    const auto total = source ? (*source)->total() : std::nullopt;
    if (total) input += fmt::format(", {} items", words(static_cast<std::size_t>(*total)));
  }
  if (job.plan.items_max > 0)
    input +=
        fmt::format("; only the first {}", words(static_cast<std::size_t>(job.plan.items_max)));
  lines.add("input", input);
  lines.add("identity", job.source.has_key ? "the key column says which item is which"
                                           : "what an item holds, and its how-manieth it is");
}

void add_step(const engine::Plan& plan, const engine::PlannedStep& step, Lines& lines) {
  lines.title(fmt::format("step {} ({})", step.name, step.step->kind()));
  const std::string outline = step.step->outline();
  if (!outline.empty()) lines.add("does", report::safe_text(outline, kOutlineColumns));
  for (const std::size_t limit : step.limits)
    lines.add("limit",
              fmt::format("{}: {}", plan.limits[limit].name, limit_words(plan.limits[limit])));
  if (step.limits.empty()) lines.add("limit", "none but the slots");
  lines.add("retry",
            fmt::format("{} attempts, waiting up to {} and then twice as long each time, at "
                        "most {}; {}",
                        step.retry.attempts, limits::to_text(step.retry.first_wait),
                        limits::to_text(step.retry.max_wait),
                        step.step->repeatable() == Repeatable::yes
                            ? "may be repeated safely"
                            : "not repeated if the request may have arrived"));
  if (step.unique) lines.add("unique", step.unique->text() + ": equal values are one call");
  if (step.when) lines.add("when", step.when->text() + ": others pass through");
  if (step.paid) lines.add("paid", "every answer is committed before more are asked for");
  lines.add("kept on disk", step.keep == engine::Keep::all
                                ? "every answer, until the run is removed"
                                : "answers only until they are written to the outputs");
}

void add_bounds(const engine::Plan& plan, Lines& lines) {
  lines.title("what binds");
  lines.add("in flight",
            fmt::format("at most {} calls: {} workers x {}{}", words(slots_of(plan)),
                        words(plan.workers), words(plan.concurrency),
                        plan.at_once > 0 ? fmt::format(", {} at once", words(plan.at_once)) : ""));
  for (const engine::PlannedStep& step : plan.steps) {
    const std::optional<RateBound> bound = rate_bound(plan, step);
    if (!bound) continue;
    lines.add(
        step.name,
        fmt::format("at most {} by limit {}; {} slots fill up only if a call takes longer than "
                    "{}",
                    report::rate_words(bound->per_s), bound->limit, words(slots_of(plan)),
                    report::duration_words(std::chrono::nanoseconds(static_cast<std::int64_t>(
                        1e9 * static_cast<double>(slots_of(plan)) / bound->per_s)))));
  }
  if (plan.failures.count_max > 0)
    lines.add("gives up", fmt::format("after {} failures", plan.failures.count_max));
  if (plan.failures.fraction_max > 0)
    lines.add("gives up", fmt::format("when more than {:.3g} % of at least 20 have failed",
                                      plan.failures.fraction_max * 100));
}

void add_crashes(const job::Job& job, Lines& lines) {
  lines.title("after a crash");
  lines.add(
      "made again",
      fmt::format("at most the {} calls in flight, and what ended within the last commit (10 ms "
                  "or 4,096 results)",
                  words(slots_of(job.plan))));
  lines.add("ledger", "about 40 bytes an item, beside its key, fields and kept answers");
  std::string outputs;
  for (const catalog::SinkSpec& sink : job.sinks)
    outputs += (outputs.empty() ? "" : ", ") + sink.shown;
  lines.add("outputs", outputs.empty() ? "none; see `penstock results`" : outputs);
}

}  // namespace

std::string limit_words(const LimitOptions& limit) {
  std::vector<std::string> rules;
  add_rules(limit.all, "", rules);
  add_rules(limit.each, limit.per, rules);
  for (const auto& [key, exception] : limit.keys) {
    std::vector<std::string> own;
    add_rules(exception, "", own);
    rules.push_back(fmt::format("for {}: {}", key, fmt::join(own, ", ")));
  }
  return rules.empty() ? "nothing" : fmt::format("{}", fmt::join(rules, ", "));
}

std::string explain_text(const job::Job& job, const report::Style& style) {
  Lines lines(style);
  add_input(job, lines);
  for (const engine::PlannedStep& step : job.plan.steps) add_step(job.plan, step, lines);
  add_bounds(job.plan, lines);
  add_crashes(job, lines);
  return lines.take();
}

}  // namespace penstock::cli
