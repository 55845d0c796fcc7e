// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// After all steps are known.
#include "job/program_slots.h"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::job {
namespace {

bool is_bounded(const engine::Plan& plan, const engine::PlannedStep& step) {
  return std::any_of(step.limits.begin(), step.limits.end(), [&](std::size_t limit) {
    return plan.limits[limit].all.concurrency.has_value();
  });
}

bool runs_programs(const engine::PlannedStep& step) {
  return step.step && step.step->kind() == "exec";
}

bool calls_others(const engine::PlannedStep& step) {
  return step.step && step.step->kind() != "exec" && step.step->kind() != "noop";
}

bool is_said(catalog::SettingReader& root, const Overrides& overrides, const engine::Plan& plan) {
  const catalog::Setting* workers = root.tree().find("workers");
  return overrides.concurrency || plan.at_once > 0 ||
         (workers != nullptr && workers->find("concurrency") != nullptr);
}

}  // namespace

void choose_program_slots(catalog::SettingReader& root, const Overrides& overrides, Job& job) {
  engine::Plan& plan = job.plan;
  if (is_said(root, overrides, plan)) return;
  const auto is_open = [&](const engine::PlannedStep& step) {
    return runs_programs(step) && !is_bounded(plan, step);
  };
  const auto open = std::find_if(plan.steps.begin(), plan.steps.end(), is_open);
  if (open == plan.steps.end()) return;
  if (std::none_of(plan.steps.begin(), plan.steps.end(), calls_others)) {
    plan.concurrency = 1;
    job.executor.concurrency = 1;
    return;
  }
  root.problems().warning(
      root.place_of("step"), fmt::format("step \"{}\"", open->name),
      fmt::format("up to {} of its programs run at once; give it a limit with a concurrency: "
                  "[limit.programs] concurrency = {}",
                  plan.workers * plan.concurrency, plan.workers));
}

}  // namespace penstock::job
