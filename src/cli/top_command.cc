// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock top RUN`: watch a living run from another terminal.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/control_request.h"
#include "cli/control_server.h"
#include "cli/run_place.h"
#include "core/json.h"
#include "report/event_reader.h"
#include "report/live_lines.h"
#include "report/table.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

constexpr auto kPeriod = std::chrono::seconds(1);

std::string workers_table(const Snapshot& snapshot, const report::Style& style) {
  using report::Align;
  report::Table table({{"worker", Align::right},
                       {"pid", Align::right},
                       {"in flight", Align::right},
                       {"calls", Align::right},
                       {"memory", Align::right},
                       {"processor", Align::right},
                       {"crashes", Align::right}});
  for (const WorkerState& worker : snapshot.workers)
    table.add({fmt::format("{}", worker.index), fmt::format("{}", worker.pid),
               report::count_words(static_cast<std::int64_t>(worker.in_flight)),
               report::count_words(static_cast<std::int64_t>(worker.calls_done)),
               report::bytes_words(static_cast<std::int64_t>(worker.rss_bytes)),
               report::duration_words(std::chrono::nanoseconds(worker.cpu_ns)),
               report::count_words(static_cast<std::int64_t>(worker.crashes))});
  return table.text(style);
}

std::string page_text(const std::string& run, const Snapshot& snapshot,
                      const report::Style& style) {
  std::string text =
      fmt::format("{}, running for {}\n", run, report::duration_words(snapshot.elapsed));
  for (const std::string& line : report::live_lines(snapshot, style)) text += line + "\n";
  return text + "\n" + workers_table(snapshot, style);
}

Result<Snapshot> ask_snapshot(const RunPlace& place) {
  PENSTOCK_TRY(answer, ask_run(place.control_socket(), to_line({})));
  PENSTOCK_TRY(document, json::Document::parse(answer));
  const auto snapshot = document.root().member("snapshot");
  if (!snapshot) return Error{Errc::internal, "the run's answer has no snapshot", "control.answer"};
  return report::read_snapshot(*snapshot);
}

ExitCode refuse(const Error& error, const RunPlace& place, Console& console) {
  console.complain(
      error.kind == "socket.silent"
          ? fmt::format("{} is not running; see: penstock status {}", place.name, place.name)
          : error.message);
  return error.kind == "socket.silent" ? ExitCode::usage : exit_code_of(error);
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Result<RunPlace> place = find_run(arguments.text("RUN").value_or(""));
  if (!place) {
    console.complain(place.error().message);
    return exit_code_of(place.error());
  }
  const bool once = arguments.has("--once") || !console.out_is_terminal();
  for (bool first = true;; first = false) {
    const Result<Snapshot> snapshot = ask_snapshot(*place);
    if (!snapshot && !first) return ExitCode::done;  // The run has ended while it was watched.
    if (!snapshot) return refuse(snapshot.error(), *place, console);
    console.measure();
    const std::string page = page_text(place->name, *snapshot, console.out_style());
    console.out(once ? page : "\x1b[H\x1b[J" + page);
    if (once || console.out_error() != 0) return ExitCode::done;
    std::this_thread::sleep_for(kPeriod);
  }
}

}  // namespace

Command top_command() {
  return {.name = "top",
          .summary = "watch a living run: workers, items, waits",
          .description =
              "Shows, once a second, how far a living run is, what holds it back, and what each "
              "worker does. Interrupt it to leave; the run goes on. It asks the run itself, by a "
              "socket in the run's folder that only its owner can open.",
          .operands = {{"RUN", "The run: its folder, its job file, or its name.",
                        Presence::required, Completes::runs}},
          .options = {{"--once", "", "", "Show it once and leave."}},
          .examples = {{"penstock top pages", "Watches the run of pages.toml."}},
          .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
          .run = run};
}

}  // namespace penstock::cli
