// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reads first (a reader needs no lock), and opens the editor only if something is to be done.
#include "cli/resume_check.h"

#include <fmt/format.h>
#include <penstock/ledger_editor.h>
#include <penstock/ledger_reader.h>

#include <system_error>

#include "cli/opened_run.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

using report::count_words;

/// Files up to this size are counted before the first item runs: it takes less than a tenth of a
/// second, and gives a total to show.
constexpr std::uintmax_t kCountedBytesMax = std::uintmax_t{16} << 20U;

std::string words_of(std::uint64_t count) { return count_words(static_cast<std::int64_t>(count)); }

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
  Notes notes;
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

Result<SourceCount> fit_ledger_to_job(const job::Job& job, const RunPlace& place, RedoWish wish,
                                      const std::function<void(std::string_view)>& say) {
  PENSTOCK_TRY(known, read_known(place));
  if (known && !known->closed_cleanly && !is_running(place))
    say("the last engine was killed; what it had in flight is asked for again");
  if (known) PENSTOCK_CHECK(fit_steps(job, known->notes, place, wish, say));
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
