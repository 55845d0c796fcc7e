// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The summary is read from the ledger once the engine is down: it shows what is on disk.
#include "cli/drive_job.h"

#include <penstock/ledger_reader.h>

#include "cli/closing.h"
#include "cli/diary.h"
#include "cli/opened_run.h"
#include "report/summary.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

std::vector<std::string> step_names(const job::Job& job) {
  std::vector<std::string> names;
  for (const engine::PlannedStep& step : job.plan.steps) names.push_back(step.name);
  return names;
}

/// What failed, as far as a ledger on disk can tell.
std::vector<report::ErrorClass> failures_of(const job::Job& job, const RunPlace& place) {
  const auto reader = open_ledger_reader(place.folder);
  if (!reader) return {};
  auto classes = failure_classes(**reader, step_names(job));
  return classes ? std::move(*classes) : std::vector<report::ErrorClass>();
}

}  // namespace

Result<ExitCode> drive_job(const job::Job& job, const std::string& job_file, const RunPlace& place,
                           SessionOptions options, DisplayMode mode, Console& console) {
  LiveDisplay display(console, mode, place.name);
  Diary diary(place);
  PENSTOCK_TRY(session, RunSession::open(job, place, options, display));
  diary.began(job.plan);
  const Result<engine::Summary> summary = session->drive();
  if (!summary) {
    diary.broke(summary.error());
    return summary.error();
  }
  display.close(summary->snapshot);
  const InputState input =
      session->input_incomplete() ? InputState::incomplete : InputState::complete;
  const std::uint64_t blank_lines = session->blank_lines();
  session.reset();
  const ExitCode code = exit_code_of(*summary, input);
  report::Closing closing = closing_of(*summary, input, job, job_file, place);
  if (blank_lines > 0)
    closing.remarks.push_back(
        report::plural(static_cast<std::int64_t>(blank_lines), "blank line", "blank lines") +
        " of the input passed over");
  diary.ended(closing.outcome, summary->snapshot);
  if (mode != DisplayMode::living && mode != DisplayMode::plain) return code;
  if (summary->snapshot.items.failed > 0 && options.ledger == LedgerChoice::on_disk)
    closing.errors = failures_of(job, place);
  console.err(report::summary_text(closing, summary->snapshot, console.err_style()));
  return code;
}

}  // namespace penstock::cli
