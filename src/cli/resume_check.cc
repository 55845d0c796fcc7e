// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reads first (a reader needs no lock), and opens the editor only if something is to be done.
#include "cli/resume_check.h"

#include <fmt/format.h>
#include <penstock/ledger_editor.h>
#include <penstock/ledger_reader.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "cli/opened_run.h"
#include "core/fingerprint.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

using report::count_words;

/// Files up to this size are counted before the first item runs: it takes less than a tenth of a
/// second, and gives a total to show.
constexpr std::uintmax_t kCountedBytesMax = std::uintmax_t{16} << 20U;

constexpr std::string_view kStepNote = "job.step.";

std::string words_of(std::uint64_t count) { return count_words(static_cast<std::int64_t>(count)); }

/// All that decides what a step answers: what it sends, and to which items.
std::string step_note(const engine::PlannedStep& step) {
  return to_hex(
      fingerprint({step.name, to_hex(step.step->fingerprint()),
                   step.unique ? step.unique->text() : "", step.when ? step.when->text() : ""}));
}

bool is_small(const catalog::SourceSpec& source) {
  std::uintmax_t bytes = 0;
  for (const std::string& path : source.paths) {
    std::error_code failed;
    bytes += std::filesystem::file_size(path, failed);
    if (failed) return false;
  }
  return !source.paths.empty() && bytes <= kCountedBytesMax;
}

struct Known {
  std::map<std::string, std::string> notes;
  IntervalSet settled;
  ContentSum sum;
  bool closed_cleanly = true;
};

Result<std::optional<Known>> read_known(const RunPlace& place) {
  std::error_code ignored;
  if (!std::filesystem::exists(place.ledger_file(), ignored)) return std::optional<Known>();
  PENSTOCK_TRY(reader, open_ledger_reader(place.folder));
  PENSTOCK_TRY(overview, reader->overview());
  return std::optional<Known>(Known{std::move(overview.notes), std::move(overview.source_settled),
                                    overview.source_sum, overview.closed_cleanly});
}

Status fit_steps(const job::Job& job, const Known& known, const RunPlace& place, RedoWish wish,
                 const std::function<void(std::string_view)>& say) {
  const std::optional<std::size_t> changed = first_changed_step(job, known.notes);
  if (!changed) return ok();
  PENSTOCK_TRY(editor, open_ledger_editor(place.folder));
  const auto step = static_cast<StepIndex>(*changed);
  PENSTOCK_TRY(counts, editor->count_forgotten(step));
  if (counts.verdicts == 0) {  // Nothing was asked yet; what waits may wait for something else now.
    PENSTOCK_TRY(forgotten, editor->forget_step(step));
    static_cast<void>(forgotten);
    return ok();
  }
  const std::string& name = job.plan.steps[*changed].name;
  const bool is_last = *changed + 1 == job.plan.steps.size();
  const std::string why = known.notes.at("job.steps") == std::to_string(job.plan.steps.size())
                              ? fmt::format("step {} has changed", name)
                              : fmt::format("the job has {} steps and no longer {}",
                                            job.plan.steps.size(), known.notes.at("job.steps"));
  const std::string what = fmt::format(
      "{}: {} results of step {} and of what follows no longer hold, and {} "
      "calls{} would be made again",
      why, words_of(counts.verdicts), name, words_of(counts.again),
      is_last ? "" : " of it, then those of what follows,");
  if (wish == RedoWish::refuse)
    return Error{Errc::rejected, what + "; say --redo if that is meant, or --fresh to start over",
                 "job.changed"};
  say(what);
  PENSTOCK_TRY(forgotten, editor->forget_step(step));
  static_cast<void>(forgotten);
  return ok();
}

Result<Census> count_source(const job::Job& job, const RunPlace& place, const IntervalSet& chosen) {
  PENSTOCK_TRY(source, job.source.open({}));
  return take_census(*source, chosen, {.folder = place.folder.string()});
}

std::string change_words(const SourceChange& change) {
  std::string words = fmt::format("the input has changed: {} items are done already, {} are new",
                                  words_of(change.carried), words_of(change.fresh));
  if (change.changed > 0)
    words += fmt::format(" ({} of them under a known key)", words_of(change.changed));
  if (change.removed > 0)
    words += fmt::format(", {} are gone and their rows go too", words_of(change.removed));
  return words;
}

Status match_source(const job::Job& job, const RunPlace& place, const SourceCount& count,
                    const std::function<void(std::string_view)>& say) {
  PENSTOCK_TRY(plain, job.source.open({}));
  const std::unique_ptr<Source> source = make_counted_source(std::move(plain), count);
  PENSTOCK_TRY(editor, open_ledger_editor(place.folder));
  const Identity identity = job.source.has_key ? Identity::key : Identity::content;
  PENSTOCK_TRY(change, editor->match_source(*source, identity));
  say(change_words(change));
  return editor->begin_generation();
}

}  // namespace

std::map<std::string, std::string> job_notes(const job::Job& job) {
  std::map<std::string, std::string> notes;
  for (std::size_t i = 0; i < job.plan.steps.size(); ++i)
    notes[fmt::format("{}{}", kStepNote, i)] = step_note(job.plan.steps[i]);
  notes["job.steps"] = fmt::format("{}", job.plan.steps.size());
  return notes;
}

std::optional<std::size_t> first_changed_step(const job::Job& job,
                                              const std::map<std::string, std::string>& notes) {
  const auto counted = notes.find("job.steps");
  if (counted == notes.end()) return std::nullopt;  // No engine has come so far.
  const std::map<std::string, std::string> now = job_notes(job);
  const std::size_t steps = job.plan.steps.size();
  const auto before = static_cast<std::size_t>(std::strtoull(counted->second.c_str(), nullptr, 10));
  for (std::size_t i = 0; i < std::min(steps, before); ++i) {
    const std::string name = fmt::format("{}{}", kStepNote, i);
    const auto noted = notes.find(name);
    if (noted == notes.end() || noted->second != now.at(name)) return i;
  }
  if (steps == before || before == 0) return std::nullopt;
  return std::min(steps, before) - 1;
}

Result<SourceCount> fit_ledger_to_job(const job::Job& job, const RunPlace& place, RedoWish wish,
                                      const std::function<void(std::string_view)>& say) {
  PENSTOCK_TRY(known, read_known(place));
  if (known && !known->closed_cleanly && !is_running(place))
    say("the last engine was killed; what it had in flight is asked for again");
  if (known) PENSTOCK_CHECK(fit_steps(job, *known, place, wish, say));
  const bool has_settled = known && known->settled.size() > 0;
  const bool can_count = !job.source.is_pipe;
  if (!can_count || !(has_settled || job.source.has_key || is_small(job.source)))
    return SourceCount{};
  const IntervalSet chosen = has_settled ? known->settled : IntervalSet();
  PENSTOCK_TRY(census, count_source(job, place, chosen));
  SourceCount count{census.items, std::move(census.duplicates)};
  const bool changed =
      has_settled && (census.chosen != chosen.size() || !(census.sum == known->sum));
  if (changed) PENSTOCK_CHECK(match_source(job, place, count, say));
  return count;
}

}  // namespace penstock::cli
