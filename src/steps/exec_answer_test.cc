// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "steps/exec_answer.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

namespace penstock::steps {
namespace {

os::ProgramResult printed(std::string output, int status = 0) {
  os::ProgramResult result;
  result.output = std::move(output);
  result.end.how.status = status;
  result.end.use = {std::chrono::milliseconds(2), 4096};
  result.ended = result.began + std::chrono::microseconds(1500);
  return result;
}

ItemVerdict verdict(const os::ProgramResult& result, ExecAs as = ExecAs::bytes,
                    std::optional<std::string> each = std::nullopt) {
  return verdict_of({.as = as, .each = std::move(each)}, "tool", result);
}

/// "rejected exec.exit tool: exited with 1"
std::string error(const ItemVerdict& verdict) {
  EXPECT_EQ(verdict.outcome, Outcome::failed);
  return std::string(to_string(verdict.error.code)) + " " + verdict.error.kind + " " +
         verdict.error.message;
}

constexpr const char* kRest =
    R"(,"exit":0,"seconds":0.0015,"cpu_seconds":0.002,"peak_bytes":4096})";

TEST(ExecAnswer, WhatItPrinted) {
  EXPECT_EQ(verdict(printed("a\"b\n")).output,
            R"({"body":"a\"b\n","bytes":4)" + std::string(kRest));
  EXPECT_EQ(verdict(printed("\xff\x01")).output,
            R"({"base64":"/wE=","bytes":2)" + std::string(kRest));
  EXPECT_EQ(verdict(printed("x"), ExecAs::text).output,
            R"({"text":"x","bytes":1)" + std::string(kRest));
  EXPECT_EQ(verdict(printed("a\r\n\nb"), ExecAs::lines).output,
            R"({"lines":["a","","b"],"bytes":5)" + std::string(kRest));
  EXPECT_EQ(verdict(printed(""), ExecAs::lines).output,
            R"({"lines":[],"bytes":0)" + std::string(kRest));
  EXPECT_EQ(verdict(printed(" { \"a\" : 1.50 }\n"), ExecAs::json).output, R"({"a":1.50})");
  EXPECT_EQ(verdict(printed(""), ExecAs::json).output, "null");
  EXPECT_EQ(verdict(printed("x")).outcome, Outcome::done);
}

TEST(ExecAnswer, FansOut) {
  const ItemVerdict json = verdict(printed(R"({"n":1,"hits":[{"a":1}]})"), ExecAs::json, "/hits");
  EXPECT_TRUE(json.fans_out);
  EXPECT_EQ(json.output, R"({"n":1})");
  EXPECT_EQ(json.elements, std::vector<std::string>{R"({"a":1})"});
  const ItemVerdict lines = verdict(printed("x\ny\n"), ExecAs::lines, "/lines");
  const std::vector<std::string> wanted{R"({"value":"x"})", R"({"value":"y"})"};
  EXPECT_EQ(lines.elements, wanted);
  EXPECT_EQ(lines.output, R"({"bytes":4)" + std::string(kRest));
}

TEST(ExecAnswer, OutputThatIsNotWhatItShouldBe) {
  EXPECT_EQ(error(verdict(printed("\xff"), ExecAs::text)),
            "rejected text.binary tool: its output is no text in UTF-8");
  EXPECT_TRUE(error(verdict(printed("{"), ExecAs::json)).starts_with("invalid json.syntax tool: "));
  EXPECT_EQ(error(verdict(printed("{}"), ExecAs::json, "/a")),
            "rejected each.missing tool: nothing at \"/a\"");
}

TEST(ExecAnswer, ExitCodes) {
  os::ProgramResult failed = printed("", 3);
  EXPECT_EQ(error(verdict(failed)), "rejected exec.exit tool: exited with 3");
  failed.errors_tail = "one\n\ntwo\nthree\x1b[31m\r\n  \nfour\xff\n";
  EXPECT_EQ(error(verdict(failed)),
            "rejected exec.exit tool: exited with 3: two | three [31m | four\xEF\xBF\xBD");
  failed.errors_tail = std::string(4000, 'x');
  EXPECT_LT(error(verdict(failed)).size(), 500U);
  const ItemVerdict later = verdict(printed("", kExitTemporary));
  EXPECT_EQ(error(later), "unavailable exec.tempfail tool: exited with 75");
  EXPECT_TRUE(is_retryable(later.error, Repeatable::no)) << "it says that nothing was done";
  EXPECT_EQ(verdict_of({.exit_codes = {0, 1}}, "grep", printed("", 1)).output,
            R"({"body":"","bytes":0,"exit":1,"seconds":0.0015,"cpu_seconds":0.002,)"
            R"("peak_bytes":4096})");
}

TEST(ExecAnswer, Signals) {
  os::ProgramResult killed = printed("some");
  killed.end.how.signal = SIGSEGV;
  EXPECT_EQ(error(verdict(killed)), "rejected exec.signal tool: was killed by SIGSEGV");
  killed.end.how.signal = SIGKILL;
  EXPECT_EQ(error(verdict(killed)),
            "unavailable exec.killed tool: was killed by SIGKILL, most often for want of memory");
  EXPECT_FALSE(is_retryable(verdict(killed).error, Repeatable::no)) << "it had begun";
  killed.end.how = {.known = false};
  EXPECT_EQ(error(verdict(killed)), "rejected exec.signal tool: ended, and nobody knows how");
}

// How it ended then says nothing: it may even have exited with 0.
TEST(ExecAnswer, StoppedByUs) {
  os::ProgramResult stopped = printed("some");
  stopped.errors_tail = "busy\n";
  stopped.stopped = os::Stopped::timeout;
  EXPECT_EQ(error(verdict(stopped)),
            "timeout exec.timeout tool: ran longer than its timeout: busy");
  stopped.stopped = os::Stopped::output;
  EXPECT_EQ(error(verdict(stopped)),
            "rejected exec.output_too_large tool: printed more than output_max: busy");
  stopped.stopped = os::Stopped::cancelled;
  EXPECT_EQ(error(verdict(stopped)), "cancelled cancelled cancelled");
}

TEST(ExecAnswer, StartsThatFail) {
  using At = os::StartFailure::At;
  const auto kind = [](At at, int number) {
    const Error error = start_error("tool", {at, number});
    return std::string(to_string(error.code)) + " " + error.kind;
  };
  EXPECT_EQ(kind(At::program, ENOENT), "rejected exec.not_found");
  EXPECT_EQ(kind(At::program, EACCES), "rejected exec.not_executable");
  EXPECT_EQ(kind(At::program, ENOEXEC), "rejected exec.not_executable");
  EXPECT_EQ(kind(At::program, E2BIG), "invalid exec.too_long");
  EXPECT_EQ(kind(At::program, ETXTBSY), "unavailable exec.start");
  EXPECT_EQ(kind(At::folder, ENOENT), "invalid exec.folder");
  EXPECT_EQ(kind(At::process, EAGAIN), "unavailable exec.start");
  EXPECT_EQ(start_error("tool", {At::program, E2BIG}).message,
            "start tool: Argument list too long");
  EXPECT_EQ(not_found_error("tool").kind, "exec.not_found");
  EXPECT_EQ(kind(At::process, EMFILE), "unavailable exec.descriptors");
  EXPECT_TRUE(is_starved({At::process, EAGAIN}));
  EXPECT_FALSE(is_starved({At::process, EMFILE}));
  EXPECT_FALSE(is_starved({At::process, EPERM}));
  EXPECT_FALSE(is_starved({At::folder, ENOMEM}));
}

}  // namespace
}  // namespace penstock::steps
