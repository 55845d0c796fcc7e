// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The step from call to verdict, with real programs. Covers worker_programs.h too.
#include "steps/exec_step.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/json_text.h"
#include "steps/worker_fake.h"
#include "steps/worker_programs.h"

namespace penstock::steps {
namespace {

using placeholders::Place;
using placeholders::Template;

Template text(std::string_view source, Place place = Place::argv) {
  auto parsed = Template::parse(source, place);
  EXPECT_TRUE(parsed) << source;
  return std::move(*parsed);
}

class ExecStepTest : public testing::Test {
 protected:
  ExecStepTest() {
    options_.ask.job_folder = worker_.files_folder();
    options_.take.as = ExecAs::text;
    options_.ask.resolve = [](std::string_view name) -> std::optional<std::string> {
      if (name == "env.PATH") return "/usr/bin:/bin";
      if (name == "secret.KEY") return "hunter2222";
      return std::nullopt;
    };
  }

  void program(std::string name, std::initializer_list<std::string_view> arguments) {
    options_.ask.program = std::move(name);
    for (const std::string_view argument : arguments)
      options_.ask.arguments.push_back(text(argument));
  }
  void sh(std::string_view script) { program("sh", {"-c", script, "sh", "{a}"}); }

  CallId start(const std::string& a) {
    if (!step_) step_ = make_exec_step(options_);
    if (!runner_) runner_ = step_->make_runner(worker_);
    Call call;
    call.id = CallId{++calls_};
    call.tells_start = true;
    CallItem item;
    item.item = ItemId::of(StepIndex{0}, calls_);
    item.value = "{\"a\":" + json::quoted(a) + "}";
    call.items.push_back(std::move(item));
    const CallId id = call.id;
    runner_->start(std::move(call));
    return id;
  }
  FinishedCall take() {
    worker_.wait_for(1);
    FinishedCall finished = std::move(worker_.finished.back());
    worker_.finished.clear();
    return finished;
  }
  ItemVerdict run(const std::string& a = "x") {
    start(a);
    return std::move(take().verdicts.at(0));
  }
  std::string text_of(const std::string& a) {
    const ItemVerdict verdict = run(a);
    EXPECT_EQ(verdict.outcome, Outcome::done) << verdict.error.message;
    const auto output = json::Document::parse(verdict.output);
    const auto text = output ? output->root().member("text") : std::nullopt;
    return text ? std::string(text->text()) : "no text";
  }

  WorkerFake worker_;
  ExecOptions options_;
  std::shared_ptr<const Step> step_;
  std::unique_ptr<StepRunner> runner_;
  std::uint64_t calls_ = 0;
};

TEST_F(ExecStepTest, NaughtyArgumentsArriveByteForByte) {
  program("printf", {"%s", "{a}"});
  for (const std::string& a :
       {std::string(), std::string("  "), std::string("-n"), std::string("--help"),
        std::string("a'b\"c\\d"), std::string("$(touch x)`id`;|&>*?~!#"), std::string("{a}{{"),
        std::string("line\nline\r\n\n"), std::string("\t\x01\x1b[31m\x7f"), std::string("%s%n"),
        std::string("é\xE2\x80\xAE\xF0\x9F\x98\x80"), std::string(131'071, 'x')})
    EXPECT_EQ(text_of(a), a);
}

TEST_F(ExecStepTest, AnItemTooLongFailsAlone) {
  program("printf", {"%s", "{a}"});
  EXPECT_EQ(run(std::string(131'072, 'x')).error.kind, "exec.too_long");
  EXPECT_EQ(text_of("next"), "next");
}

TEST_F(ExecStepTest, InputVariablesAndFolder) {
  program("sh", {"-c", "cat; printf ,%s, \"$NAME\"; pwd"});
  options_.ask.input = text("in {a}", Place::plain);
  options_.ask.variables.emplace_back("NAME", text("var {a}"));
  options_.ask.folder = text("{a}");
  std::filesystem::create_directory(worker_.files_folder() + "/sub");
  EXPECT_EQ(text_of("sub"), "in sub,var sub," + worker_.files_folder() + "/sub\n");
  EXPECT_EQ(run("nowhere").error.kind, "exec.folder");
}

TEST_F(ExecStepTest, ATellingError) {
  sh("echo something went wrong: $1 >&2; exit 4");
  const FinishedCall finished = (start("here"), take());
  EXPECT_EQ(finished.verdicts[0].error.kind, "exec.exit");
  EXPECT_EQ(finished.verdicts[0].error.message, "sh: exited with 4: something went wrong: here");
  EXPECT_GT(finished.elapsed.count(), 0);
  ASSERT_EQ(worker_.starts.size(), 1U);
  EXPECT_EQ(worker_.starts[0].second, finished.sent_at);
}

TEST_F(ExecStepTest, MessagesShowNoSecrets) {
  program("sh", {"-c", "echo $KEY >&2; exit 1"});
  options_.ask.variables.emplace_back("KEY", text("{secret.KEY}"));
  EXPECT_EQ(run().error.message, "sh: exited with 1: ***");
}

TEST_F(ExecStepTest, ProgramsAreFoundInPathOrBesideTheJob) {
  program("no-such-program-anywhere", {});
  EXPECT_EQ(run().error.kind, "exec.not_found");
  runner_.reset();
  step_.reset();
  options_.ask.program = "./own.sh";
  std::ofstream(worker_.files_folder() + "/own.sh") << "#!/bin/sh\nprintf own\n";
  EXPECT_EQ(run().error.kind, "exec.not_executable");
  std::filesystem::permissions(worker_.files_folder() + "/own.sh",
                               std::filesystem::perms::owner_all);
  EXPECT_EQ(text_of("x"), "own");
}

TEST_F(ExecStepTest, ATimeoutIsAnError) {
  sh("sleep 60");
  options_.limits.timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(run().error.kind, "exec.timeout");
}

TEST_F(ExecStepTest, CancelledCallsComeBack) {
  sh("sleep 60");
  const CallId call = start("x");
  runner_->cancel(call);
  EXPECT_EQ(take().verdicts.at(0).error.code, Errc::cancelled);
  runner_->cancel(call);  // Late: it has come back already.
  EXPECT_TRUE(worker_.finished.empty());
}

TEST_F(ExecStepTest, JsonIsParsedAsideIfItIsLarge) {
  sh("printf '[\"%s\"]' $1");
  options_.take.as = ExecAs::json;
  EXPECT_EQ(run("small").output, R"(["small"])");
  EXPECT_EQ(worker_.computed, 0);
  const std::string large(20'000, 'x');
  EXPECT_EQ(run(large).output, "[\"" + large + "\"]");
  EXPECT_EQ(worker_.computed, 1);
}

// The executor then takes the call back, and gives this worker fewer.
TEST_F(ExecStepTest, WithoutDescriptorsItSaysSoAtOnce) {
  program("printf", {"%s", "{a}"});
  EXPECT_EQ(text_of("before"), "before");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{.rlim_cur = 8, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const ItemVerdict verdict = run("x");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(verdict.error.kind, "exec.descriptors");
  EXPECT_EQ(verdict.error.sent, Sent::no);
  EXPECT_EQ(text_of("after"), "after");
}

// As where a limit of processes is reached: it begins when there is a place.
TEST_F(ExecStepTest, WithoutAPlaceItWaits) {
  program("printf", {"%s", "{a}"});
  os::GroupGuard& guard = *(*worker_programs(worker_))->guard;
  os::GroupGuard::Slot* last = nullptr;
  while (os::GroupGuard::Slot* slot = guard.take()) last = slot;
  start("later");
  const CallId other = start("never");
  worker_.loop().run_once(TimePoint::clock::now() + std::chrono::milliseconds(150));
  EXPECT_TRUE(worker_.finished.empty());
  runner_->cancel(other);
  EXPECT_EQ(take().verdicts.at(0).error.code, Errc::cancelled);
  guard.release(last);
  EXPECT_EQ(take().verdicts.at(0).outcome, Outcome::done);
}

TEST_F(ExecStepTest, ARunnerThatGoesEndsItsPrograms) {
  sh("sleep 60");
  start("x");
  runner_.reset();
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), 0) << "the guard alone is our child";
}

TEST_F(ExecStepTest, ThePlanHalf) {
  program("tool", {"{a}"});
  const auto step = make_exec_step(options_);
  EXPECT_EQ(step->kind(), "exec");
  EXPECT_EQ(step->repeatable(), Repeatable::no);
  EXPECT_EQ(*step->limit_key("{}", ""), "");
  EXPECT_EQ(*step->preview(R"({"a":"x"})"), R"(["tool","x"])");
  EXPECT_EQ(step->outline(), R"(["tool","{a}"])");
  const Fingerprint before = step->fingerprint();
  ExecOptions other = options_;
  other.limits.timeout = std::chrono::seconds(1);
  EXPECT_EQ(make_exec_step(other)->fingerprint(), before) << "it changes no answer";
  other.ask.input = text("");
  EXPECT_NE(make_exec_step(other)->fingerprint(), before);
  other = options_;
  other.take.exit_codes = {0, 1};
  EXPECT_NE(make_exec_step(other)->fingerprint(), before);
}

}  // namespace
}  // namespace penstock::steps
