// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A step for tests whose items say what shall happen: "echo x", "sleep 5", "segv", "compute spin".
#pragma once

#include <penstock/step.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "os/epoll_loop.h"

namespace penstock::executors {

inline FinishedCall all_done(const Call& call, const std::string& output) {
  FinishedCall finished{.id = call.id, .verdicts = {}};
  finished.verdicts.resize(call.items.size(),
                           ItemVerdict{.outcome = Outcome::done, .output = output});
  return finished;
}

inline FinishedCall all_failed(const Call& call, const std::string& kind) {
  FinishedCall finished{.id = call.id, .verdicts = {}};
  finished.verdicts.resize(
      call.items.size(),
      ItemVerdict{.outcome = Outcome::failed,
                  .error = {.code = Errc::system, .message = kind, .kind = kind}});
  return finished;
}

[[noreturn]] inline void spin() {
  for (std::atomic<std::uint64_t> turns{0};; ++turns) continue;
}

// Dies as the verb says, for real: sanitizers would turn a fault into an exit.
inline void die(const std::string& verb) {
  for (const int signal : {SIGSEGV, SIGABRT}) ::signal(signal, SIG_DFL);
  if (verb == "segv") ::raise(SIGSEGV);
  if (verb == "abort") ::raise(SIGABRT);
  if (verb == "exit") ::_exit(0);
  if (verb == "spin") spin();
  if (verb == "kill") ::kill(::getpid(), SIGKILL);
}

inline std::string open_descriptors() {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (!gone) text += entry.path().filename().string() + "=" + target.string() + "\n";
  }
  return text;
}

class VerbRunner final : public StepRunner {
 public:
  explicit VerbRunner(StepContext& context) : context_(context) {}

  void start(Call call) override {
    const std::string& value = call.items.empty() ? std::string() : call.items.front().value;
    const auto space = value.find(' ');
    const std::string verb = value.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : value.substr(space + 1);
    if (verb == "noop") return context_.finish(FinishedCall{.id = call.id, .verdicts = {}});
    if (verb == "send") return context_.started(call.id, TimePoint::clock::now());
    if (verb == "hold") return;  // Until it is cancelled.
    if (verb == "sleep" || verb == "later") return sleep(std::move(call), verb, rest);
    if (verb == "compute") return compute(std::move(call), rest);
    if (verb == "throw") throw std::runtime_error("as told");
    if (verb == "twice") context_.finish(all_done(call, "first"));
    if (verb == "miscount") return context_.finish(miscounted(call));
    if (verb == "emfile") return context_.finish(all_failed(call, "system.EMFILE"));
    die(verb);
    context_.finish(all_done(call, answer(verb, rest)));
  }

  void cancel(CallId call) override {
    FinishedCall finished{.id = call, .verdicts = {}};
    finished.verdicts.push_back(
        {.outcome = Outcome::failed, .error = {.code = Errc::cancelled, .kind = "step.cancelled"}});
    context_.finish(std::move(finished));
  }

 private:
  static FinishedCall miscounted(const Call& call) {
    FinishedCall finished = all_done(call, "");
    finished.verdicts.emplace_back();
    return finished;
  }

  // "sleep MS" answers after MS; "later VERB" dies in a callback of which no call is known.
  void sleep(Call call, const std::string& verb, const std::string& rest) {
    const bool dies = verb == "later";
    const auto wait = std::chrono::milliseconds(dies ? 1 : std::stoi(rest));
    context_.loop().at(TimePoint::clock::now() + wait, [this, dies, rest, slept = std::move(call)] {
      if (dies) die(rest);
      context_.finish(all_done(slept, "slept"));
    });
  }

  void compute(Call call, const std::string& rest) {
    const CallId id = call.id;
    context_.compute(
        id,
        [rest] {
          if (rest == "throw") throw std::runtime_error("computed");
          die(rest);
        },
        [this, computed = std::move(call)] { context_.finish(all_done(computed, "computed")); });
  }

  std::string answer(const std::string& verb, const std::string& rest) {
    if (verb == "big") return std::string(static_cast<std::size_t>(std::stoul(rest)), 'b');
    if (verb == "pid") return std::to_string(::getpid());
    if (verb == "worker") return std::to_string(context_.worker());
    if (verb == "fds") return open_descriptors();
    if (verb == "folder") return context_.files_folder();
    if (verb == "now") return std::to_string(TimePoint::clock::now().time_since_epoch().count());
    return rest;
  }

  StepContext& context_;
};

/// `items_max` > 1 makes it batchable. `on_make` runs whenever a worker makes its runner.
class VerbStep final : public Step {
 public:
  explicit VerbStep(
      std::size_t items_max = 1, std::function<void()> on_make = [] {})
      : items_max_(items_max), on_make_(std::move(on_make)) {}

  std::string_view kind() const override { return "verb"; }
  Repeatable repeatable() const override { return Repeatable::yes; }
  std::size_t batch_items_max() const override { return items_max_; }
  Result<std::string> limit_key(std::string_view, std::string_view) const override {
    return std::string();
  }
  Result<std::string> preview(std::string_view value) const override { return std::string(value); }
  Fingerprint fingerprint() const override { return {}; }
  std::unique_ptr<StepRunner> make_runner(StepContext& context) const override {
    on_make_();
    return std::make_unique<VerbRunner>(context);
  }

 private:
  std::size_t items_max_;
  std::function<void()> on_make_;
};

inline Call call_of(std::uint64_t id, const std::string& value) {
  return Call{.id = CallId{id}, .items = {CallItem{.item = ItemId{id}, .value = value}}};
}

/// "done echo", "failed crash.SIGSEGV", "returned", "returned crash.unmarked", "all well".
inline std::string shown(const FinishedCall& call) {
  if (call.verdicts.empty()) return "all well";
  const ItemVerdict& verdict = call.verdicts.front();
  switch (verdict.outcome) {
    case Outcome::done:
      return "done " + verdict.output;
    case Outcome::skipped:
      return "skipped";
    case Outcome::failed:
      return "failed " + verdict.error.kind;
    case Outcome::moved:
      return "moved";
    case Outcome::returned:
      break;
  }
  return verdict.error.kind.empty() ? "returned" : "returned " + verdict.error.kind;
}

}  // namespace penstock::executors
