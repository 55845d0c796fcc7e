// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The table of kinds. A step has exactly one of these keys.
#include "catalog/step_kinds.h"

#include <fmt/format.h>

#include <array>

#include "catalog/exec_kind.h"
#include "catalog/http_kind.h"
#include "steps/noop_step.h"

namespace penstock::catalog {
namespace {

/// `noop = true`, or a table: a step that does nothing, for measuring.
std::optional<StepSpec> read_noop_step(SettingReader& step, const StepSite&) {
  StepSpec spec{.kind = "noop"};
  const Setting* value = step.any("noop");
  steps::NoopOptions options;
  if (value->kind == SettingKind::boolean && value->boolean) {
    spec.step = steps::make_noop_step(options);
    return spec;
  }
  const Setting* own = step.table("noop");
  if (own == nullptr) return std::nullopt;
  const std::size_t errors_before = step.problems().errors();
  SettingReader keys(*own, step.path_of("noop"), step.problems());
  if (const auto batch = keys.whole("batch", 1, 65536))
    options.batch = static_cast<std::size_t>(*batch);
  if (const auto sleep = keys.duration("sleep")) options.sleep = *sleep;
  options.fail = keys.number("fail", 0, 1).value_or(options.fail);
  options.crash = keys.number("crash", 0, 1).value_or(options.crash);
  if (const auto seed = keys.whole("seed", 0, INT64_MAX))
    options.seed = static_cast<std::uint64_t>(*seed);
  keys.done();
  if (step.problems().errors() > errors_before) return std::nullopt;
  spec.step = steps::make_noop_step(options);
  return spec;
}

struct Kind {
  std::string_view name;
  std::optional<StepSpec> (*read)(SettingReader&, const StepSite&);
};

constexpr std::array<Kind, 3> kKinds{
    {{"http", read_http_step}, {"exec", read_exec_step}, {"noop", read_noop_step}}};

}  // namespace

std::optional<StepSpec> read_step(SettingReader& step, const StepSite& site) {
  const Kind* chosen = nullptr;
  for (const Kind& kind : kKinds) {
    if (step.any(kind.name) == nullptr) continue;
    if (chosen != nullptr) {
      step.problem(kind.name, fmt::format("a step does one thing, and this one does {} already",
                                          chosen->name));
      return std::nullopt;
    }
    chosen = &kind;
  }
  if (chosen != nullptr) return chosen->read(step, site);
  step.problem("", R"(says nothing to do: give it http = "https://...", )"
                   R"(exec = ["program", "{field}"] or noop = true)");
  return std::nullopt;
}

}  // namespace penstock::catalog
