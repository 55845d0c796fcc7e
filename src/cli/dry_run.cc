// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Later steps cannot be shown: their items come out of answers that nobody has asked for yet.
#include "cli/dry_run.h"

#include <fmt/format.h>

#include "report/safe_text.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kValueColumns = 200;
constexpr std::size_t kLineColumns = 2000;

/// Every line of a preview, safe and indented.
std::string indented(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines += "    " + report::safe_text(text.substr(0, end), kLineColumns) + "\n";
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

std::string item_text(const engine::PlannedStep& step, const SourceItem& item, std::size_t number) {
  std::string text =
      fmt::format("item {}  {}\n", number, report::safe_text(item.value, kValueColumns));
  if (item.bad) return text + indented(item.bad->kind + ": " + item.bad->message);
  const Result<std::string> preview = step.step->preview(item.value);
  return text +
         indented(preview ? *preview : preview.error().kind + ": " + preview.error().message);
}

std::string later_steps(const engine::Plan& plan) {
  std::string text;
  for (std::size_t i = 1; i < plan.steps.size(); ++i)
    text += fmt::format("then step {} ({}) for every item that step {} gives\n", plan.steps[i].name,
                        plan.steps[i].step->kind(), plan.steps[i - 1].name);
  return text;
}

}  // namespace

Result<std::string> dry_run_text(const job::Job& job, std::size_t items_max) {
  if (job.source.is_pipe)
    return Error{Errc::invalid, "--dry-run would use up standard input; give it a file", "usage"};
  PENSTOCK_TRY(source, job.source.open({}));
  std::vector<SourceItem> items;
  PENSTOCK_CHECK(source->read(items_max, items));
  const engine::PlannedStep& first = job.plan.steps.front();
  std::string text = fmt::format(
      "step {} ({}) of {}, the first {}; nothing is sent\n", first.name, first.step->kind(),
      job.source.words, report::plural(static_cast<std::int64_t>(items.size()), "item", "items"));
  for (std::size_t i = 0; i < items.size(); ++i) text += item_text(first, items[i], i + 1);
  return text + later_steps(job.plan);
}

}  // namespace penstock::cli
