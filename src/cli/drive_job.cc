// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The summary is read from the ledger once the engine is down: it shows what is on disk.
#include "cli/drive_job.h"

#include <penstock/ledger_reader.h>

#include "cli/closing.h"
#include "cli/diary.h"
#include "cli/exit_code.h"
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

/// How the engine ended, beside its own summary.
struct Ending {
  engine::Summary summary;
  InputState input = InputState::complete;
  std::uint64_t blank_lines = 0;
};

/// What is refused while a run goes on is not what the user has typed: exit code 2 would say that
/// nothing was started. Only the job itself can still be found wrong, before the first call.
Error not_of_the_command(Error error) {
  const bool is_job = error.kind.starts_with("job.");
  if (exit_code_of(error) == ExitCode::usage && !is_job) error.code = Errc::system;
  return error;
}

Result<Ending> drive(const job::Job& job, const RunPlace& place, const SessionOptions& options,
                     LiveDisplay& display, Diary& diary) {
  PENSTOCK_TRY(session, RunSession::open(job, place, options, display));
  diary.began(job.plan);
  Result<engine::Summary> driven = session->drive();
  if (!driven) return not_of_the_command(std::move(driven.error()));
  engine::Summary& summary = *driven;
  return Ending{std::move(summary),
                session->input_incomplete() ? InputState::incomplete : InputState::complete,
                session->blank_lines()};
}

/// A run that broke off: said where everything is said, and noted.
ExitCode broke(const Error& error, LiveDisplay& display, Diary& diary) {
  display.say(error.message);
  diary.broke(error);
  // An input that breaks in the middle is neither a wrong job nor the system's fault.
  return error.kind.starts_with("input.") ? ExitCode::input_incomplete : exit_code_of(error);
}

std::vector<std::string> remarks_on(const Ending& ending) {
  if (ending.blank_lines == 0) return {};
  return {
      report::plural(static_cast<std::int64_t>(ending.blank_lines), "blank line", "blank lines") +
      " of the input passed over"};
}

}  // namespace

ExitCode drive_job(const job::Job& job, const std::string& job_file, const RunPlace& place,
                   const SessionOptions& options, DisplayMode mode, Console& console) {
  LiveDisplay display(console, mode, place.name);
  Diary diary(place);
  const Result<Ending> ending = drive(job, place, options, display, diary);
  if (!ending) return broke(ending.error(), display, diary);
  const Snapshot& snapshot = ending->summary.snapshot;
  display.close(snapshot);
  report::Closing closing = closing_of(ending->summary, ending->input, job, job_file, place);
  diary.ended(closing.outcome, snapshot);
  const ExitCode code = exit_code_of(ending->summary, ending->input);
  if (mode != DisplayMode::living && mode != DisplayMode::plain) return code;
  closing.remarks = remarks_on(*ending);
  if (snapshot.items.failed > 0 && options.ledger == LedgerChoice::on_disk)
    closing.errors = failures_of(job, place);
  console.err(report::summary_text(closing, snapshot, console.err_style()));
  return code;
}

}  // namespace penstock::cli
