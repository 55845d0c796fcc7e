// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The life of a call in a worker:
//
//   start -> [wait for a process] -> program -> [compute: parse] -> finish
//
// A call is in calls_ from start to finish; whoever comes late looks it up by its id and finds
// nothing.
#include "steps/exec_step.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>

#include "core/assert.h"
#include "core/fingerprint.h"
#include "core/json.h"
#include "core/json_text.h"
#include "os/epoll_loop.h"
#include "steps/exec_answer.h"
#include "steps/exec_command.h"
#include "steps/secret_mask.h"
#include "steps/worker_programs.h"

namespace penstock::steps {
namespace {

// Below, parsing costs less than handing it to another thread.
constexpr std::size_t kComputeBytesMin = 8 << 10;
// The user has asked twice to stop: there is less time to tidy up then.
constexpr std::chrono::nanoseconds kCancelGraceMax = std::chrono::seconds(1);
// A start that finds no process is tried again: for 30 s in all.
constexpr std::chrono::milliseconds kStartWait{100};
constexpr int kStartsMax = 300;

class ExecRunner final : public StepRunner {
 public:
  ExecRunner(const ExecOptions& options, StepContext& context)
      : options_(options),
        context_(context),
        programs_(worker_programs(context)),
        mask_(reserved_names_of(options.ask), options.ask.resolve) {}
  ~ExecRunner() override;

  void start(Call call) override;
  void cancel(CallId call) override;

 private:
  struct Running {
    Call call;
    os::ProgramCommand command;
    std::unique_ptr<os::ProgramRun> program;
    os::ProgramResult result;
    os::TimerId timer{};
    int starts = 0;
    bool is_computing = false;
  };
  using Shared = std::shared_ptr<Running>;

  Result<os::ProgramCommand> command_of(const CallItem& item);
  std::optional<std::string> path_of_program();
  void launch(const Shared& running);
  void launch_failed(const Shared& running, const os::StartFailure& failure);
  void judge(const Shared& running);
  void finish(Running& running, ItemVerdict verdict);
  void fail(Running& running, Error error);

  const ExecOptions& options_;
  StepContext& context_;
  Result<std::shared_ptr<WorkerPrograms>> programs_;
  const SecretMask mask_;
  std::optional<std::string> path_;  // Of the program, once it was found.
  std::unordered_map<CallId, Shared> calls_;
  std::shared_ptr<ExecRunner*> self_ = std::make_shared<ExecRunner*>(this);  // Null when gone.
};

ExecRunner::~ExecRunner() {
  *self_ = nullptr;
  for (auto& [id, running] : calls_) {
    context_.loop().cancel(running->timer);
    running->program.reset();  // Kills it.
  }
}

Result<os::ProgramCommand> ExecRunner::command_of(const CallItem& item) {
  PENSTOCK_TRY(document, json::Document::parse(item.value));
  const auto resolve = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "worker") return std::to_string(context_.worker());
    if (name == "attempt") return std::to_string(item.attempt);
    return options_.ask.resolve ? options_.ask.resolve(name) : std::nullopt;
  };
  PENSTOCK_TRY(command, command_for(options_.ask, document.root(), resolve));
  const auto path = path_of_program();
  if (!path) return not_found_error(options_.ask.program);
  command.path = *path;
  return command;
}

std::optional<std::string> ExecRunner::path_of_program() {
  if (path_) return path_;
  const ExecAsk& ask = options_.ask;
  if (ask.program.find('/') != std::string::npos) {
    path_ = (ask.job_folder / ask.program).lexically_normal().string();
    return path_;
  }
  const auto folders = ask.resolve ? ask.resolve("env.PATH") : std::nullopt;
  path_ = os::find_program(ask.program, folders.value_or("/usr/local/bin:/usr/bin:/bin"));
  return path_;
}

void ExecRunner::start(Call call) {
  PENSTOCK_ASSERT(call.items.size() == 1);
  auto running = std::make_shared<Running>();
  running->call = std::move(call);
  calls_.emplace(running->call.id, running);
  if (!programs_) return fail(*running, programs_.error());
  auto command = command_of(running->call.items.front());
  if (!command) return fail(*running, std::move(command.error()));
  running->command = std::move(*command);
  launch(running);
}

void ExecRunner::launch(const Shared& running) {
  running->timer = {};
  WorkerPrograms& programs = **programs_;
  auto started = os::ProgramRun::start(
      {context_.loop(), programs.launcher, *programs.guard, programs.nothing}, running->command,
      options_.limits, [this, id = running->call.id](os::ProgramResult result) {
        const Shared ended = calls_.at(id);
        ended->result = std::move(result);
        context_.run(id, [&] { judge(ended); });
      });
  if (const auto* failure = std::get_if<os::StartFailure>(&started)) {
    return launch_failed(running, *failure);
  }
  running->program = std::move(std::get<std::unique_ptr<os::ProgramRun>>(started));
  if (running->call.tells_start) {
    context_.started(running->call.id, running->program->began());
  }
}

void ExecRunner::launch_failed(const Shared& running, const os::StartFailure& failure) {
  path_.reset();  // It may have been moved.
  if (!is_starved(failure) || ++running->starts >= kStartsMax) {
    return fail(*running, start_error(options_.ask.program, failure));
  }
  running->timer = context_.loop().at(TimePoint::clock::now() + kStartWait,
                                      [this, running] { launch(running); });
}

void ExecRunner::judge(const Shared& running) {
  const bool is_heavy = options_.take.as == ExecAs::json || options_.take.each.has_value();
  const std::string& program = options_.ask.program;
  if (!is_heavy || running->result.output.size() < kComputeBytesMin) {
    return finish(*running, verdict_of(options_.take, program, running->result));
  }
  running->is_computing = true;
  const auto verdict = std::make_shared<ItemVerdict>();
  context_.compute(
      running->call.id,
      // The compute thread may outlive this runner by a moment, but never the step.
      [&options = options_, running, verdict] {
        *verdict = verdict_of(options.take, options.ask.program, running->result);
      },
      [self = self_, running, verdict] {
        if (*self != nullptr) (*self)->finish(*running, std::move(*verdict));
      });
}

void ExecRunner::finish(Running& running, ItemVerdict verdict) {
  const os::ProgramResult& result = running.result;
  FinishedCall finished;
  finished.id = running.call.id;
  finished.sent_at = result.began;
  finished.elapsed = result.ended - result.began;
  finished.bytes = result.output.size();
  verdict.error.message = mask_.hide(std::move(verdict.error.message));
  finished.verdicts.push_back(std::move(verdict));
  calls_.erase(running.call.id);
  context_.finish(std::move(finished));
}

void ExecRunner::fail(Running& running, Error error) {
  ItemVerdict verdict;
  verdict.outcome = Outcome::failed;
  verdict.error = std::move(error);
  finish(running, std::move(verdict));
}

void ExecRunner::cancel(CallId call) {
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  const Shared running = found->second;
  if (running->is_computing) return;  // Done in a moment, and its answer is paid for.
  if (running->program) {
    return running->program->stop(os::Stopped::cancelled,
                                  std::min(options_.limits.grace, kCancelGraceMax));
  }
  context_.loop().cancel(running->timer);
  fail(*running, {Errc::cancelled, "cancelled", "cancelled"});
}

class ExecStep final : public Step {
 public:
  explicit ExecStep(ExecOptions options) : options_(std::move(options)) {}

  std::string_view kind() const override { return "exec"; }
  Repeatable repeatable() const override { return options_.repeatable; }
  Result<std::string> limit_key(std::string_view, std::string_view) const override {
    return std::string();
  }
  Result<std::string> preview(std::string_view value) const override {
    PENSTOCK_TRY(document, json::Document::parse(value));
    return preview_of(options_.ask, document.root());
  }
  std::string outline() const override { return outline_of(options_.ask); }
  Fingerprint fingerprint() const override;
  std::unique_ptr<StepRunner> make_runner(StepContext& context) const override {
    return std::make_unique<ExecRunner>(options_, context);
  }

 private:
  ExecOptions options_;
};

// Templates, never values: a new key gives the same answers.
Fingerprint ExecStep::fingerprint() const {
  const ExecAsk& ask = options_.ask;
  const ExecTake& take = options_.take;
  std::string variables;
  for (const auto& [name, text] : ask.variables) {
    variables += name + "=" + json::quoted(text.text()) + "\n";
  }
  std::string codes;
  for (const int code : take.exit_codes) codes += std::to_string(code) + ",";
  return penstock::fingerprint({"exec", outline_of(ask), variables, ask.input ? "input" : "",
                                ask.input ? ask.input->text() : "", ask.folder ? "folder" : "",
                                ask.folder ? ask.folder->text() : "",
                                std::to_string(static_cast<int>(take.as)), take.each ? "each" : "",
                                take.each.value_or(""), codes});
}

}  // namespace

std::shared_ptr<const Step> make_exec_step(ExecOptions options) {
  return std::make_shared<ExecStep>(std::move(options));
}

}  // namespace penstock::steps
