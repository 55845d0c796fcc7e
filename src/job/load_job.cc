// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The order of reading is the order of dependence: limits before the steps that name them, the
// source before the placeholders that use its fields.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "job/job.h"
#include "job/program_slots.h"
#include "job/read_limits.h"
#include "job/read_steps.h"
#include "job/read_workers.h"
#include "job/toml_setting.h"
#include "limits/limit_text.h"

namespace penstock::job {
namespace {

using catalog::Problems;
using catalog::Setting;
using catalog::SettingReader;

void read_input(SettingReader& root, Job& job) {
  const Setting* input = root.table("input");
  if (input == nullptr) {
    root.problem("input", "a job needs [input]: where its items come from");
    return;
  }
  SettingReader reader(*input, "input", root.problems());
  if (auto spec = catalog::read_source(reader, job.folder)) job.source = std::move(*spec);
}

/// What outputs may also name: the parts of a record.
constexpr std::array<std::string_view, 5> kRecordNames{"key", "status", "kind", "error",
                                                       "attempts"};

void read_output(SettingReader& root, KnownNames known, Job& job) {
  const Setting* output = root.table("output");
  const Setting nothing;
  SettingReader reader(output == nullptr ? nothing : *output, "output", root.problems());
  catalog::OutputSpec spec = catalog::read_output(reader, job.folder);
  known.names.insert(known.names.end(), kRecordNames.begin(), kRecordNames.end());
  check_names(spec.uses, known, root.problems());
  for (const catalog::TemplateUse& use : spec.uses) {
    for (const std::string& name : use.reserved) {
      root.problems().error(use.at, use.key,
                            fmt::format("{{{}}} is known to steps alone, not to outputs", name));
    }
  }
  job.sinks = std::move(spec.sinks);
  if (spec.order == catalog::OutputOrder::source) job.order = RecordOrder::source;
}

/// `--rate`: one more limit, which every step names.
void add_run_rate(const Overrides& overrides, Job& job, Problems& problems) {
  if (!overrides.rate) return;
  const Result<limits::Scoped<Rate>> parsed = limits::parse_rate(*overrides.rate);
  if (!parsed) {
    problems.error({}, "--rate", parsed.error().message);
    return;
  }
  LimitOptions limit;
  limit.name = "--rate";  // No [limit] of a job file can be named so without quotes.
  limit.per = parsed->per;
  (parsed->per.empty() ? limit.all : limit.each).rates.push_back(parsed->rule);
  for (engine::PlannedStep& step : job.plan.steps) step.limits.push_back(job.plan.limits.size());
  job.plan.limits.push_back(std::move(limit));
}

/// Calls may wait in workers only if nothing waits with them: no permit, no money.
Prefetch prefetch_of(const engine::Plan& plan) {
  const bool is_free = std::all_of(plan.steps.begin(), plan.steps.end(), [](const auto& step) {
    return step.limits.empty() && !step.paid;
  });
  return is_free ? Prefetch::short_calls : Prefetch::none;
}

void warn_of_unused_limits(SettingReader& root, const Job& job) {
  for (std::size_t i = 0; i < job.plan.limits.size(); ++i) {
    bool used = false;
    for (const engine::PlannedStep& step : job.plan.steps)
      for (const std::size_t limit : step.limits) used = used || limit == i;
    if (!used)
      root.problems().warning(root.place_of("limit"), "limit." + job.plan.limits[i].name,
                              "no step names this limit, so it limits nothing");
  }
}

}  // namespace

Loaded load_job(const std::filesystem::path& file, std::string text, const Overrides& overrides,
                const Surroundings& surroundings) {
  Problems problems;
  const std::optional<Setting> tree = parse_toml(text, problems);
  if (!tree) return {std::nullopt, problems.sorted()};
  Job job;
  job.file = std::filesystem::absolute(file).lexically_normal();
  job.folder = job.file.parent_path();
  job.text = std::move(text);
  job.plan.name = job.file.stem().string();
  job.plan.items_max = overrides.items_max;
  SettingReader root(*tree, "", problems);
  read_input(root, job);
  job.plan.limits = read_limits(root);
  read_workers(root, overrides, surroundings, job);
  read_run(root, overrides, job);
  const KnownNames known = read_steps(root, surroundings, job);
  choose_program_slots(root, overrides, job);
  read_output(root, known, job);
  root.done();
  warn_of_unused_limits(root, job);
  add_run_rate(overrides, job, problems);
  job.executor.prefetch = prefetch_of(job.plan);
  if (problems.has_errors()) return {std::nullopt, problems.sorted()};
  return {std::move(job), problems.sorted()};
}

}  // namespace penstock::job
