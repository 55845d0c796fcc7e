// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What nothing is lost by is done at once; anything else is counted, said, and done when --redo
// says so.
#include "cli/step_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "core/fingerprint.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

using What = StepChange::What;

constexpr std::string_view kStepNote = "job.step.";
constexpr std::string_view kCountNote = "job.steps";

std::string words_of(std::uint64_t count, const char* one, const char* many) {
  return report::plural(static_cast<std::int64_t>(count), one, many);
}

/// All that decides what a step answers: what it sends, and to which items.
std::string step_note(const engine::PlannedStep& step) {
  return to_hex(
      fingerprint({step.name, to_hex(step.step->fingerprint()),
                   step.unique ? step.unique->text() : "", step.when ? step.when->text() : ""}));
}

StepIndex index_of(std::size_t step) { return static_cast<StepIndex>(step); }

/// Results would go, or calls be made again: only if that is meant.
Status allow(const std::string& what, RedoWish wish,
             const std::function<void(std::string_view)>& say) {
  if (wish == RedoWish::refuse)
    return Error{Errc::rejected, what + "; say --redo if that is meant, or --fresh to start over",
                 "job.changed"};
  say(what);
  return ok();
}

std::string changed_words(const job::Job& job, std::size_t step, const Notes& notes,
                          const ForgetCounts& counts) {
  const std::size_t steps = job.plan.steps.size();
  const std::string& name = job.plan.steps[step].name;
  const std::string& before = notes.at(std::string(kCountNote));
  const std::string why = before == std::to_string(steps)
                              ? fmt::format("step {} has changed", name)
                              : fmt::format("the job has {} steps and no longer {}", steps, before);
  return fmt::format(
      "{}: {} of step {} and of what follows no longer hold, and {}{} would be made "
      "again",
      why, words_of(counts.verdicts, "result", "results"), name,
      words_of(counts.again, "call", "calls"),
      step + 1 == steps ? "" : " of it, then those of what follows,");
}

std::string extended_words(const job::Job& job, std::size_t last, const ExtensionCounts& counts) {
  const std::string& name = job.plan.steps[last].name;
  const std::size_t more = job.plan.steps.size() - last - 1;
  const std::string who = more == 1 ? fmt::format("step {} follows", job.plan.steps.back().name)
                                    : fmt::format("{} steps follow", more);
  const std::string what =
      fmt::format("{} step {} now, with {} of {} as input", who, name,
                  words_of(counts.adopted, "stored result", "stored results"), name);
  if (counts.again == 0) return what + "; no call is made again";
  return fmt::format("{}; others were not kept (keep = \"none\"), and {} of {} would be made again",
                     what, words_of(counts.again, "call", "calls"), name);
}

std::string shortened_words(const job::Job& job, std::size_t last, std::uint64_t verdicts) {
  return fmt::format(
      "step {} is the last one now: its results stand, {} of what followed would go, "
      "and no call would be made again",
      job.plan.steps[last].name, words_of(verdicts, "result", "results"));
}

Status forget_changed(const job::Job& job, std::size_t step, const Notes& notes,
                      LedgerEditor& editor, RedoWish wish,
                      const std::function<void(std::string_view)>& say) {
  PENSTOCK_TRY(counts, editor.count_forgotten(index_of(step)));
  // What waits may wait for something else now, also if nothing was asked yet.
  if (counts.verdicts > 0)
    PENSTOCK_CHECK(allow(changed_words(job, step, notes, counts), wish, say));
  PENSTOCK_TRY(forgotten, editor.forget_step(index_of(step)));
  static_cast<void>(forgotten);
  return ok();
}

Status extend(const job::Job& job, std::size_t last, LedgerEditor& editor, RedoWish wish,
              const std::function<void(std::string_view)>& say) {
  PENSTOCK_TRY(counts, editor.count_extended(index_of(last)));
  const std::string words = extended_words(job, last, counts);
  if (counts.again > 0) {
    PENSTOCK_CHECK(allow(words, wish, say));
  } else if (counts.adopted > 0) {
    say(words);
  }
  PENSTOCK_TRY(extended, editor.extend_behind(index_of(last), job_notes(job)));
  static_cast<void>(extended);
  return ok();
}

Status shorten(const job::Job& job, std::size_t last, LedgerEditor& editor, RedoWish wish,
               const std::function<void(std::string_view)>& say) {
  PENSTOCK_TRY(verdicts, editor.count_behind(index_of(last)));
  if (verdicts > 0) PENSTOCK_CHECK(allow(shortened_words(job, last, verdicts), wish, say));
  PENSTOCK_TRY(dropped, editor.drop_behind(index_of(last), job_notes(job)));
  static_cast<void>(dropped);
  return ok();
}

}  // namespace

Notes job_notes(const job::Job& job) {
  Notes notes;
  for (std::size_t i = 0; i < job.plan.steps.size(); ++i)
    notes[fmt::format("{}{}", kStepNote, i)] = step_note(job.plan.steps[i]);
  notes[std::string(kCountNote)] = fmt::format("{}", job.plan.steps.size());
  return notes;
}

StepChange compare_steps(const job::Job& job, const Notes& notes) {
  const auto counted = notes.find(std::string(kCountNote));
  if (counted == notes.end()) return {};  // No engine has come so far.
  const Notes now = job_notes(job);
  const std::size_t steps = job.plan.steps.size();
  const auto before = static_cast<std::size_t>(std::strtoull(counted->second.c_str(), nullptr, 10));
  for (std::size_t i = 0; i < std::min(steps, before); ++i) {
    const std::string name = fmt::format("{}{}", kStepNote, i);
    const auto noted = notes.find(name);
    if (noted == notes.end() || noted->second != now.at(name)) return {What::changed, i};
  }
  if (steps == before || before == 0) return {};
  return steps > before ? StepChange{What::extended, before - 1}
                        : StepChange{What::shortened, steps - 1};
}

Status fit_steps(const job::Job& job, const Notes& notes, const RunPlace& place, RedoWish wish,
                 const std::function<void(std::string_view)>& say) {
  const auto [what, step] = compare_steps(job, notes);
  if (what == What::none) return ok();
  PENSTOCK_TRY(editor, open_ledger_editor(place.folder));
  if (what == What::extended) return extend(job, step, *editor, wish, say);
  if (what == What::shortened) return shorten(job, step, *editor, wish, say);
  return forget_changed(job, step, notes, *editor, wish, say);
}

}  // namespace penstock::cli
