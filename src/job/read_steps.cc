// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Steps are read in order, and each adds its own name to what the next may use.
#include "job/read_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "job/read_limits.h"

namespace penstock::job {
namespace {

using catalog::Setting;
using catalog::SettingKind;
using catalog::SettingReader;
using engine::PlannedStep;

constexpr std::size_t kStepsMax = 64;
constexpr std::size_t kNameBytesMax = 64;

/// Everything that is the same for all steps, and what grows from one to the next.
struct Progress {
  const Surroundings& surroundings;
  Job& job;
  KnownNames known;
  std::string first_url;
  std::size_t count = 0;  // Of all steps.
};

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && text.size() <= kNameBytesMax && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [is_letter](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
         });
}

std::string read_name(SettingReader& step, const Progress& progress) {
  const std::string name = step.text("name").value_or("");
  const auto& steps = progress.job.plan.steps;
  const bool taken = std::any_of(steps.begin(), steps.end(),
                                 [&name](const PlannedStep& s) { return s.name == name; });
  if (name.empty())
    step.problem("name", "every step needs a name: its output stands in the item under it");
  else if (!is_name(name))
    step.problem("name",
                 "a name is letters, digits, _ and -, at most 64, and begins with a letter");
  else if (taken)
    step.problem("name", fmt::format("a second step is named \"{}\"", name));
  else if (name == "parent" || placeholders::is_reserved(name))
    step.problem("name", fmt::format("\"{}\" already means something in placeholders", name));
  return name;
}

void read_limit_names(SettingReader& step, const engine::Plan& plan, PlannedStep& planned) {
  const auto names = step.texts("limit");
  if (!names) return;
  std::vector<std::string> known;
  for (const LimitOptions& limit : plan.limits) known.push_back(limit.name);
  for (const std::string& name : *names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end())
      planned.limits.push_back(static_cast<std::size_t>(found - known.begin()));
    else
      step.problem("limit",
                   fmt::format("there is no [limit.{}]{}", name, catalog::suggestion(name, known)));
  }
}

void read_conditions(SettingReader& step, catalog::TemplateReader& templates,
                     PlannedStep& planned) {
  if (const auto unique = step.text("unique"))
    planned.unique = templates.parse(*unique, placeholders::Place::plain, step.place_of("unique"),
                                     step.path_of("unique"));
  const auto when = step.text("when");
  if (!when) return;
  Result<placeholders::Comparison> parsed = placeholders::Comparison::parse(*when);
  if (!parsed) {
    step.problem("when", parsed.error().message);
    return;
  }
  planned.when = std::move(*parsed);
  templates.note({step.place_of("when"), step.path_of("when"), planned.when->names(), {}});
}

/// What the engine does with the step, whatever its kind.
void read_policy(SettingReader& step, const engine::Plan& plan, PlannedStep& planned) {
  read_limit_names(step, plan, planned);
  planned.retry = read_retry(step);
  if (const auto keep = step.choice("keep", {"all", "none"}))
    planned.keep = *keep == 0 ? engine::Keep::all : engine::Keep::none;
  planned.paid = step.boolean("paid").value_or(false);
  if (const auto pages = step.whole("pages_max", 1, 1'000'000))
    planned.pages_max = static_cast<std::uint32_t>(*pages);
  if (const auto hops = step.whole("redirects", 0, 50))
    planned.redirects_max = static_cast<std::uint32_t>(*hops);
}

/// Names from the environment must be there before anything runs.
void check_environment(const std::vector<catalog::TemplateUse>& uses, const Surroundings& around,
                       catalog::Problems& problems) {
  for (const catalog::TemplateUse& use : uses)
    for (const std::string& name : use.reserved) {
      const std::size_t dot = name.find('.');
      if (dot == name.npos || around.variable(name.substr(dot + 1))) continue;
      problems.error(use.at, use.key,
                     fmt::format("the environment variable {} is not set", name.substr(dot + 1)));
    }
}

/// Looks into the process's environment when a worker renders a template, so that a secret is in
/// no plan, preview or ledger.
placeholders::Resolver resolver_of(const Surroundings& surroundings) {
  return [variable = surroundings.variable](std::string_view name) -> std::optional<std::string> {
    const std::size_t dot = name.find('.');
    return dot == name.npos ? std::nullopt : variable(name.substr(dot + 1));
  };
}

catalog::StepSite site_of(const Progress& progress, std::size_t index) {
  return {.folder = progress.job.folder,
          .index = index,
          .first_url = progress.first_url,
          .proxy = progress.surroundings.proxy,
          .resolve = resolver_of(progress.surroundings)};
}

/// Elements become items of a next step, of one parent each.
void check_fan_out(SettingReader& step, std::size_t index, const Progress& progress,
                   const PlannedStep& planned) {
  if (index + 1 == progress.count)
    step.problem("each", R"(makes items for the next step, and there is none; to have them as )"
                         R"(results add: [[step]] name = "row" noop = true)");
  if (planned.unique)
    step.problem("unique", "a step with `each` cannot be unique; the step behind it can");
}

/// Who shares an answer gets its value, and not the pages that follow it.
void check_pages(SettingReader& step, const PlannedStep& planned) {
  if (planned.unique)
    step.problem("unique", "a step with `next` cannot be unique; the step behind it can");
}

void read_one(SettingReader& step, std::size_t index, Progress& progress) {
  PlannedStep planned;
  planned.name = read_name(step, progress);
  std::optional<catalog::StepSpec> spec = catalog::read_step(step, site_of(progress, index));
  catalog::TemplateReader templates(step.problems());
  read_conditions(step, templates, planned);
  read_policy(step, progress.job.plan, planned);
  step.done();
  std::vector<catalog::TemplateUse> uses = templates.take();
  if (spec) {
    planned.step = spec->step;
    uses.insert(uses.end(), spec->uses.begin(), spec->uses.end());
    if (progress.first_url.empty()) progress.first_url = spec->url;
    if (spec->fans_out) check_fan_out(step, index, progress, planned);
    if (spec->has_pages) check_pages(step, planned);
  }
  check_names(uses, progress.known, step.problems());
  check_environment(uses, progress.surroundings, step.problems());
  progress.known.names.push_back(planned.name);
  // Without a spec it is unknown whether the step fans out; complaining further would be a guess.
  progress.known.open = progress.known.open || !spec || spec->fans_out;
  progress.job.plan.steps.push_back(std::move(planned));
}

}  // namespace

KnownNames read_steps(SettingReader& root, const Surroundings& surroundings, Job& job) {
  Progress progress{surroundings, job, {}, {}, 0};
  progress.known.names = job.source.fields.value_or(std::vector<std::string>());
  progress.known.names.emplace_back("parent");
  progress.known.open = !job.source.fields;
  const Setting* steps = root.any("step");
  const bool is_list = steps != nullptr && steps->kind == SettingKind::array &&
                       std::all_of(steps->elements.begin(), steps->elements.end(),
                                   [](const Setting& s) { return s.kind == SettingKind::table; });
  if (!is_list || steps->elements.empty()) {
    root.problem("step", "a job has at least one [[step]], with double brackets");
    return progress.known;
  }
  if (steps->elements.size() > kStepsMax)
    root.problem("step", fmt::format("a job has at most {} steps", kStepsMax));
  progress.count = steps->elements.size();
  for (std::size_t i = 0; i < std::min(progress.count, kStepsMax); ++i) {
    const Setting* name = steps->elements[i].find("name");
    const bool named = name != nullptr && name->kind == SettingKind::text && is_name(name->text);
    const std::string path =
        named ? fmt::format("step \"{}\"", name->text) : fmt::format("step {}", i + 1);
    SettingReader reader(steps->elements[i], path, root.problems());
    read_one(reader, i, progress);
  }
  return progress.known;
}

}  // namespace penstock::job
