// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock tune RUN`: change a living run.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/control_request.h"
#include "cli/control_server.h"
#include "cli/run_place.h"
#include "core/json.h"

namespace penstock::cli {
namespace {

/// "search=15/s" or "15/s".
std::pair<std::string, std::string> split_rate(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Result<ControlRequest> request_of(const Arguments& arguments) {
  ControlRequest request{.wish = ControlRequest::Wish::tune};
  PENSTOCK_TRY(workers, arguments.whole("--workers", 1, 1024));
  PENSTOCK_TRY(concurrency, arguments.whole("--concurrency", 1, 100'000));
  PENSTOCK_TRY(at_once, arguments.whole("--at-once", 1, 1'000'000));
  request.tuning = {workers, concurrency, at_once, {}};
  for (const std::string& rate : arguments.texts("--rate"))
    request.tuning.rates.push_back(split_rate(rate));
  const bool asks_nothing = !workers && !concurrency && !at_once && request.tuning.rates.empty();
  if (asks_nothing)
    return Error{Errc::invalid, "say what to change: --concurrency, --workers, --at-once or --rate",
                 "usage"};
  return request;
}

/// The run's own words, or why it refused.
Result<std::string> ask(const Arguments& arguments) {
  PENSTOCK_TRY(request, request_of(arguments));
  PENSTOCK_TRY(place, find_run(arguments.text("RUN").value_or("")));
  PENSTOCK_TRY(answer, ask_run(place.control_socket(), to_line(request)));
  PENSTOCK_TRY(document, json::Document::parse(answer));
  const auto succeeded = document.root().member("ok");
  const auto text = document.root().member("text");
  const std::string words = text ? std::string(text->text()) : "the run's answer is not understood";
  if (succeeded && succeeded->boolean().value_or(false)) return words;
  return Error{Errc::invalid, words, "control.refused"};
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Result<std::string> words = ask(arguments);
  if (!words) {
    console.complain(words.error().kind == "socket.silent" ? "that run is not going on now"
                                                           : words.error().message);
    return words.error().kind == "socket.silent" ? ExitCode::usage : exit_code_of(words.error());
  }
  console.err("now " + *words + "\n");
  return ExitCode::done;
}

}  // namespace

Command tune_command() {
  return {
      .name = "tune",
      .summary = "change the concurrency or the rates of a living run",
      .description =
          "Changes a living run at once. Calls in flight are left alone: a smaller number takes "
          "effect as they end. The job file stays as it is, so the next run starts from there.",
      .operands = {{"RUN", "The run: its folder, its job file, or its name.", Presence::required,
                    Completes::runs}},
      .options = {{"--workers", "-w", "N", "Worker processes."},
                  {"--concurrency", "-c", "N", "Calls in flight in each worker."},
                  {"--at-once", "", "N", "Calls in flight over all workers together."},
                  {"--rate", "-r", "[LIMIT=]RATE",
                   "The rate of a limit, such as search=15/s; the name may be left out if the job "
                   "has one limit."}},
      .examples = {{"penstock tune pages --concurrency 80 --rate search=15/s",
                    "80 calls in each worker, 15 searches a second."}},
      .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
      .run = run};
}

}  // namespace penstock::cli
