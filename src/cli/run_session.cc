// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Everything that happens while the engine runs happens in callbacks of its own loop: signals,
// drawing, control. There is no second thread in here.
#include "cli/run_session.h"

#include <fmt/format.h>
#include <penstock/ledgers.h>

#include <algorithm>
#include <csignal>

#include "cli/diary.h"
#include "cli/lent_stderr.h"
#include "cli/opened_run.h"
#include "limits/limit_text.h"
#include "os/folder.h"
#include "os/loaded_code.h"
#include "report/json_event.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

/// Seeds the jitter of retries: two runs must not move in step.
std::uint64_t fresh_seed(const Clock& clock) {
  return static_cast<std::uint64_t>(clock.wall().time_since_epoch().count()) ^
         static_cast<std::uint64_t>(::getpid()) << 40U;
}

std::vector<std::string> step_names(const engine::Plan& plan) {
  std::vector<std::string> names;
  for (const engine::PlannedStep& step : plan.steps) names.push_back(step.name);
  return names;
}

Result<std::vector<std::unique_ptr<Sink>>> make_sinks(const job::Job& job, const RunPlace& place) {
  const catalog::SinkResources resources{step_names(job.plan), place.files_folder().string()};
  std::vector<std::unique_ptr<Sink>> sinks;
  for (const catalog::SinkSpec& spec : job.sinks) {
    PENSTOCK_TRY(sink, spec.make(resources));
    sinks.push_back(std::move(sink));
  }
  return sinks;
}

}  // namespace

RunSession::RunSession(const job::Job& job, LiveDisplay& display)
    : job_(job), display_(display), plan_(job.plan) {
  for (const engine::PlannedStep& step : plan_.steps) steps_.push_back(step.step);
}

// Before the engine goes, nobody may call it.
RunSession::~RunSession() { control_.reset(); }

Result<std::unique_ptr<RunSession>> RunSession::open(const job::Job& job, const RunPlace& place,
                                                     const SessionOptions& options,
                                                     LiveDisplay& display) {
  std::unique_ptr<RunSession> session(new RunSession(job, display));
  PENSTOCK_CHECK(session->start_zygote(place, options));
  PENSTOCK_TRY(signals, os::SignalSource::open({SIGINT, SIGTERM, SIGHUP}));
  session->signals_.emplace(std::move(signals));
  PENSTOCK_TRY(waker, os::EpollWaker::create());
  session->waker_ = std::move(waker);
  PENSTOCK_TRY(count, session->count_source(place, options));
  PENSTOCK_CHECK(session->open_source(place, std::move(count)));
  PENSTOCK_CHECK(session->take_failures_back(place, options));
  PENSTOCK_CHECK(session->open_ledger(place, options));
  PENSTOCK_CHECK(session->open_executor(place, options));
  session->run_ = std::make_unique<engine::Run>(session->plan_,
                                                engine::Seams{.clock = session->clock_,
                                                              .waker = *session->waker_,
                                                              .source = *session->source_,
                                                              .ledger = *session->ledger_,
                                                              .executor = *session->executor_,
                                                              .seed = fresh_seed(session->clock_)});
  PENSTOCK_CHECK(session->listen(place, options));
  return session;
}

Status RunSession::start_zygote(const RunPlace& place, const SessionOptions& options) {
  if (options.executor == ExecutorChoice::in_this_process) return ok();
  PENSTOCK_TRY(logs, os::Folder::open_or_create(place.logs_folder()));
  static_cast<void>(logs);
  const LentStderr workers_write_to(workers_log(place));
  PENSTOCK_TRY(zygote, penstock::start_zygote(steps_));
  zygote_ = std::move(zygote);
  return ok();
}

Result<SourceCount> RunSession::count_source(const RunPlace& place, const SessionOptions& options) {
  if (options.ledger == LedgerChoice::in_memory) return SourceCount{};
  return fit_ledger_to_job(job_, place, options.redo,
                           [this](std::string_view text) { display_.say(text); });
}

Status RunSession::open_source(const RunPlace& place, SourceCount count) {
  PENSTOCK_TRY(source, job_.source.open({waker_.get(), place.spool().string()}));
  source_ = make_counted_source(std::move(source), std::move(count));
  plan_.unknown_total = !source_->total().has_value();
  return ok();
}

Status RunSession::open_ledger(const RunPlace& place, const SessionOptions& options) {
  PENSTOCK_TRY(sinks, make_sinks(job_, place));
  LedgerOptions ledger{.step_names = step_names(plan_), .order = job_.order};
  ledger.sync_source = [this](std::uint64_t ordinal) { return source_->sync_before(ordinal); };
  if (options.ledger == LedgerChoice::in_memory) {
    ledger_ = make_memory_ledger(std::move(ledger), Retention::needed, std::move(sinks), *waker_);
    return ok();
  }
  PENSTOCK_TRY(opened,
               open_sqlite_ledger(place.folder, std::move(ledger), std::move(sinks), *waker_));
  ledger_ = std::move(opened);
  ledger_->put_note("job.file", job_file_note(place, job_.file));
  for (auto& [name, text] : job_notes(job_)) ledger_->put_note(name, text);
  return ok();
}

Status RunSession::take_failures_back(const RunPlace& place, const SessionOptions& options) {
  if (!options.retry) return ok();
  PENSTOCK_CHECK(open_ledger(place, options));
  PENSTOCK_CHECK(ledger_->close());
  ledger_.reset();
  PENSTOCK_TRY(editor, open_ledger_editor(place.folder));
  PENSTOCK_TRY(items, editor->reopen_failed(*options.retry));
  display_.say(report::plural(static_cast<std::int64_t>(items), "item", "items") +
               " will be tried again");
  return ok();
}

Status RunSession::open_executor(const RunPlace& place, const SessionOptions& options) {
  ExecutorOptions chosen = job_.executor;
  PENSTOCK_TRY(folder, os::Folder::open_or_create(place.files_folder()));
  chosen.files_folder = folder.path().string();
  if (options.executor == ExecutorChoice::in_this_process) {
    executor_ = make_inline_executor(steps_, std::move(chosen), *waker_);
    return ok();
  }
  PENSTOCK_TRY(executor, make_process_executor(zygote_, std::move(chosen), *waker_));
  executor_ = std::move(executor);
  return ok();
}

Status RunSession::listen(const RunPlace& place, const SessionOptions& options) {
  PENSTOCK_TRY(watch, waker_->loop().watch(signals_->fd(), EPOLLIN,
                                           [this](std::uint32_t) { take_signals(); }));
  static_cast<void>(watch);  // Ends with the loop.
  if (options.ledger == LedgerChoice::in_memory) return ok();
  PENSTOCK_TRY(control,
               ControlServer::open(place.control_socket(), waker_->loop(),
                                   [this](std::string_view line) { return respond(line); }));
  control_ = std::move(control);
  return ok();
}

Result<engine::Summary> RunSession::drive() {
  tick();
  os::let_go_of_code();  // Half of a small run's memory: jobs, options and TLS have been set up.
  PENSTOCK_CHECK(run_->work());
  // Nobody looks at signals while the books are closed, and whoever does not read our output could
  // hold that up for ever.
  signals_->let_go();
  say_warnings();  // Those since the last tick.
  return run_->close();
}

void RunSession::take_signals() {
  while (signals_->take()) {
    ++interrupts_;
    if (interrupts_ == 1) {
      display_.say("finishing what is in flight; interrupt again to stop now");
      run_->drain();
    } else if (interrupts_ == 2) {
      display_.say("stopping now; what is in flight stays pending; interrupt again to end at once");
      run_->stop_now();
      signals_->let_go();
    }
  }
}

void RunSession::say_warnings() {
  for (const std::string& warning : executor_->take_warnings()) display_.say(warning);
}

void RunSession::tick() {
  const TimePoint now = clock_.now();
  say_warnings();
  display_.update(run_->snapshot(), now);
  waker_->loop().at(now + display_.period(), [this] { tick(); });
}

std::string RunSession::respond(std::string_view line) {
  const Result<ControlRequest> request = parse_control_request(line);
  if (!request) return control_answer(false, request.error().message);
  switch (request->wish) {
    case ControlRequest::Wish::snapshot:
      return R"({"ok":true,"snapshot":)" + report::json_event("progress", run_->snapshot()) + "}";
    case ControlRequest::Wish::drain:
      run_->drain();
      return control_answer(true, "finishing what is in flight");
    case ControlRequest::Wish::tune:
      break;
  }
  const Result<std::string> tuned = tune(request->tuning);
  return tuned ? control_answer(true, *tuned) : control_answer(false, tuned.error().message);
}

Result<std::string> RunSession::tune(const Tuning& tuning) {
  for (const auto& [limit, rate] : tuning.rates) PENSTOCK_CHECK(tune_rate(limit, rate));
  plan_.workers = tuning.workers.value_or(plan_.workers);
  plan_.concurrency = tuning.concurrency.value_or(plan_.concurrency);
  plan_.at_once = tuning.at_once.value_or(plan_.at_once);
  run_->resize(plan_.workers, plan_.concurrency, plan_.at_once);
  std::string words = fmt::format("{} workers x {} calls", plan_.workers, plan_.concurrency);
  if (plan_.at_once > 0) words += fmt::format(", at most {} at once", plan_.at_once);
  for (const auto& [limit, rate] : tuning.rates)
    words += fmt::format(", {} {}", limit.empty() ? plan_.limits.front().name : limit, rate);
  return words;
}

Status RunSession::tune_rate(const std::string& limit, const std::string& rate) {
  PENSTOCK_TRY(parsed, limits::parse_rate(rate));
  const auto named = [&limit](const LimitOptions& l) { return l.name == limit; };
  auto found = std::find_if(plan_.limits.begin(), plan_.limits.end(), named);
  if (limit.empty() && plan_.limits.size() == 1) found = plan_.limits.begin();
  if (found == plan_.limits.end())
    return Error{Errc::invalid,
                 limit.empty() ? "the job has several limits, or none: write NAME=RATE"
                               : fmt::format("the job has no limit {}", limit),
                 "control.limit"};
  if (!parsed.per.empty() && parsed.per != found->per)
    return Error{Errc::invalid,
                 fmt::format("limit {} does not count per {}", found->name, parsed.per),
                 "control.limit"};
  LimitOptions changed = *found;
  (parsed.per.empty() ? changed.all : changed.each).rates = {parsed.rule};
  PENSTOCK_CHECK(run_->retune(changed));
  *found = std::move(changed);
  return ok();
}

}  // namespace penstock::cli
