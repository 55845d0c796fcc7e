// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// First how it ended, then what it printed.
#include "steps/exec_answer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base64.h"
#include "core/json.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "os/child.h"
#include "os/system_error.h"
#include "steps/fan_out.h"

namespace penstock::steps {
namespace {

constexpr std::size_t kLastLinesMax = 3;
constexpr std::size_t kLastBytesMax = 400;

ItemVerdict failed(Error error) {
  ItemVerdict verdict;
  verdict.outcome = Outcome::failed;
  verdict.error = std::move(error);
  return verdict;
}

std::string_view without_line_end(std::string_view line) {
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

/// Lines without their ends; what follows the last end is a line if there is anything.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(without_line_end(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The last lines that say anything, as one line.
std::string last_words(const std::string& errors) {
  const std::string text = utf8::to_valid(errors);
  std::vector<std::string_view> lines = lines_of(text);
  std::erase_if(lines, [](auto line) { return line.find_first_not_of(" \t") == line.npos; });
  std::string words;
  for (std::size_t i = lines.size() - std::min(lines.size(), kLastLinesMax); i < lines.size();
       ++i) {
    words += (words.empty() ? "" : " | ") + std::string(lines[i]);
  }
  std::replace_if(
      words.begin(), words.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return std::string(utf8::truncate(words, kLastBytesMax));
}

Error ended(const std::string& program, const os::ProgramResult& result, Errc code,
            const std::string& kind, const std::string& what) {
  std::string message = program + ": " + what;
  const std::string words = last_words(result.errors_tail);
  if (!words.empty()) message += ": " + words;
  return {code, std::move(message), kind, Sent::yes};
}

Error stopped_error(const std::string& program, const os::ProgramResult& result) {
  switch (result.stopped) {
    case os::Stopped::timeout:
      return ended(program, result, Errc::timeout, "exec.timeout", "ran longer than its timeout");
    case os::Stopped::output:
      return ended(program, result, Errc::rejected, "exec.output_too_large",
                   "printed more than output_max");
    case os::Stopped::cancelled:
    case os::Stopped::no:
      break;
  }
  return {Errc::cancelled, "cancelled", "cancelled", Sent::yes};
}

Error exit_error(const std::string& program, const os::ProgramResult& result) {
  const os::ChildEnd& how = result.end.how;
  if (!how.known) {
    return ended(program, result, Errc::rejected, "exec.signal", "ended, and nobody knows how");
  }
  const std::string killed = "was killed by " + os::signal_name(how.signal);
  if (how.signal == SIGKILL) {
    return ended(program, result, Errc::unavailable, "exec.killed",
                 killed + ", most often for want of memory");
  }
  if (how.signal != 0) return ended(program, result, Errc::rejected, "exec.signal", killed);
  const std::string exited = "exited with " + std::to_string(how.status);
  if (how.status != kExitTemporary) {
    return ended(program, result, Errc::rejected, "exec.exit", exited);
  }
  Error later = ended(program, result, Errc::unavailable, "exec.tempfail", exited);
  later.sent = Sent::no;  // It says itself that nothing was done.
  return later;
}

double seconds_of(std::chrono::nanoseconds time) {
  return static_cast<double>(std::chrono::round<std::chrono::microseconds>(time).count()) / 1e6;
}

/// The members that all outputs but `json` have in common.
void finish_output(json::ObjectWriter& output, const os::ProgramResult& result) {
  output.unsigned_integer("bytes", result.output.size())
      .integer("exit", result.end.how.status)
      .number("seconds", seconds_of(result.ended - result.began))
      .number("cpu_seconds", seconds_of(result.end.use.cpu))
      .unsigned_integer("peak_bytes", result.end.use.memory_bytes)
      .close();
}

std::string array_of_lines(std::string_view text) {
  std::string array = "[";
  for (const std::string_view line : lines_of(text)) {
    if (array.size() > 1) array += ',';
    json::quote(line, array);
  }
  return array + "]";
}

Result<std::string> output_of(ExecAs as, const os::ProgramResult& result) {
  const bool is_text = utf8::is_valid(result.output);
  if (!is_text && as != ExecAs::bytes) {
    return Error{Errc::rejected, "its output is no text in UTF-8", "text.binary", Sent::yes};
  }
  std::string output;
  json::ObjectWriter writer(output);
  if (as == ExecAs::lines) {
    writer.raw("lines", array_of_lines(result.output));
  } else if (as == ExecAs::text) {
    writer.string("text", result.output);
  } else if (is_text) {
    writer.string("body", result.output);
  } else {
    writer.string("base64", base64(result.output));
  }
  finish_output(writer, result);
  return output;
}

Result<ItemVerdict> take_output(const ExecTake& take, const os::ProgramResult& result) {
  std::string output = result.output.empty() ? "null" : result.output;
  if (take.as != ExecAs::json) {
    PENSTOCK_TRY(made, output_of(take.as, result));
    output = std::move(made);
  }
  if (!take.each && take.as != ExecAs::json) {
    ItemVerdict verdict;
    verdict.outcome = Outcome::done;
    verdict.output = std::move(output);
    return verdict;
  }
  PENSTOCK_TRY(document, json::Document::parse(output));
  if (take.each) return fan_out(document.root(), *take.each);
  ItemVerdict verdict;
  verdict.outcome = Outcome::done;
  verdict.output = document.text();
  return verdict;
}

bool is_success(const ExecTake& take, const os::ChildEnd& how) {
  return how.known && how.signal == 0 &&
         std::find(take.exit_codes.begin(), take.exit_codes.end(), how.status) !=
             take.exit_codes.end();
}

}  // namespace

ItemVerdict verdict_of(const ExecTake& take, const std::string& program,
                       const os::ProgramResult& result) {
  if (result.stopped != os::Stopped::no) return failed(stopped_error(program, result));
  if (!is_success(take, result.end.how)) return failed(exit_error(program, result));
  auto verdict = take_output(take, result);
  if (verdict) return std::move(*verdict);
  Error error = std::move(verdict.error());
  error.message = program + ": " + error.message;
  error.sent = Sent::yes;
  return failed(std::move(error));
}

bool is_starved(const os::StartFailure& failure) noexcept {
  constexpr std::array kPassing = {EAGAIN, ENOMEM, ENOSPC};
  return failure.at == os::StartFailure::At::process &&
         std::find(kPassing.begin(), kPassing.end(), failure.error_number) != kPassing.end();
}

Error start_error(const std::string& program, const os::StartFailure& failure) {
  Error error = os::system_error("start", program, failure.error_number);
  error.code = Errc::unavailable;
  error.kind = "exec.start";
  if (failure.at == os::StartFailure::At::process) {
    const bool is_full = failure.error_number == EMFILE || failure.error_number == ENFILE;
    if (is_full) error.kind = "exec.descriptors";
    return error;
  }
  error.code = Errc::invalid;
  if (failure.at == os::StartFailure::At::folder) {
    error.kind = "exec.folder";
    error.message += " (its folder)";
    return error;
  }
  switch (failure.error_number) {
    case ENOMEM:
    case EAGAIN:
    case ETXTBSY:
      error.code = Errc::unavailable;
      break;
    case E2BIG:
      error.kind = "exec.too_long";
      break;
    case ENOENT:
    case ENOTDIR:
      error.code = Errc::rejected;
      error.kind = "exec.not_found";
      break;
    default:
      error.code = Errc::rejected;
      error.kind = "exec.not_executable";
  }
  return error;
}

Error not_found_error(const std::string& program) {
  return {Errc::rejected, "start " + program + ": there is no such program in PATH",
          "exec.not_found"};
}

}  // namespace penstock::steps
